export { seededRandom } from '../../../testing/src/faults/seeded-random.ts';
