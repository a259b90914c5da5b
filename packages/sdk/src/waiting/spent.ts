import { longestStepMs } from './recovery-policy.ts';

/**
 * Returns how much of a budget a step has spent that began at `startedAtMs`, in milliseconds. A step that seems to have taken
 * longer than any can did not: the machine slept, or its clock was set.
 */
export function spentMs(startedAtMs: number): number {
  return Math.min(Math.max(0, Date.now() - startedAtMs), longestStepMs);
}
