export { ensureProgramsOfUnitTests as setup } from '../e2e/support/ensure-test-programs.ts';
