import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFaultPlan } from './read-fault-plan.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../fault-plan.schema.json', import.meta.url), 'utf8'),
) as object;
const matches = new Ajv2020({ strict: false }).compile(schema);

const problemOf = (document: unknown): string => {
  try {
    readFaultPlan(document);
    return 'none';
  } catch (error) {
    return (error as Error).message.replace(' Compare it with fault-plan.schema.json.', '');
  }
};

const good = { at: '2s', for: '1s', kind: 'http', effect: 'lost' };
const withFault = (fault: object) => ({ seed: 1, faults: [fault] });

it.each<[unknown, string]>([
  [withFault(good), 'none'],
  [{ seed: 1, faults: [] }, 'none'],
  [7, 'The fault plan is not valid: the document must be an object; received 7.'],
  [{ faults: [] }, 'The fault plan is not valid: seed must be a whole number; it is missing.'],
  [{ seed: 1, faults: {} }, 'The fault plan is not valid: faults must be a list; received {}.'],
  [
    withFault({ ...good, kind: 'htp' }),
    'The fault plan is not valid: faults[0].kind must be one of http, feed, peer, device, network; received "htp".',
  ],
  [
    withFault({ ...good, at: '2 seconds' }),
    'The fault plan is not valid: faults[0].at must be a duration, such as "500ms" or "2s"; received "2 seconds".',
  ],
  [
    withFault({ ...good, effect: 'status', status: 404 }),
    'The fault plan is not valid: faults[0].status must be 429, or a status from 500 to 599; received 404.',
  ],
  [
    withFault({ ...good, operaton: 'join' }),
    'The fault plan is not valid: faults[0].operaton is not known here; known are kind, effect, at, for, operation, share.',
  ],
  [
    withFault({ at: '2s', kind: 'device', effect: 'unplugged' }),
    'The fault plan is not valid: faults[0].device must be one of camera, microphone; it is missing.',
  ],
])('reads %j, or says what is wrong', (document, problem) => {
  expect(problemOf(document)).toBe(problem);
});

const oddly = <Value>(...values: readonly Value[]) =>
  fc.constantFrom<Value | undefined>(...values, undefined);
const anyFault = fc
  .record({
    at: oddly<unknown>('2s', '1.5m', 30, 'soon', -1),
    for: oddly<unknown>('2s', 0, '', null),
    kind: oddly('http', 'feed', 'peer', 'device', 'network', 'dvice'),
    effect: oddly(
      'lost',
      'answer-lost',
      'late',
      'status',
      'cut',
      'stalled',
      'failed',
      'disconnected',
      'denied',
    ),
    delay: oddly<unknown>('1s'),
    status: oddly<unknown>(429, 503, 200, 501.5),
    share: oddly<unknown>(0.5, 0, 2),
    direction: oddly('view', 'publish', 'both'),
    device: oddly('camera', 'screen'),
  })
  .map((fault) => JSON.parse(JSON.stringify(fault)) as object);

it('accepts exactly the plans that match the JSON schema', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(anyFault, { maxLength: 2 }), (seed, faults) => {
      const document = { seed, faults };
      expect(problemOf(document) === 'none').toBe(matches(document));
    }),
    { numRuns: 2_000 },
  );
});
