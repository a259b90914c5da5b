import type { IceCandidate } from '@parley-rtc/contract';
import type { Limits } from './limits.ts';
import { requireWithin } from './require-within.ts';

/** Number of candidates received by each published stream or view. Entries vanish with their keys. */
export type CandidateCounts = WeakMap<object, number>;

/** Refuses candidates that are too long, or too many in this call or in total; otherwise counts them. */
export function countCandidates(
  counts: CandidateCounts,
  connection: object,
  candidates: readonly IceCandidate[],
  limits: Limits,
): void {
  requireWithin(limits, 'candidatesPerCall', candidates.length);
  for (const { candidate } of candidates) {
    requireWithin(limits, 'candidateBytes', Buffer.byteLength(candidate ?? ''));
  }
  const total = (counts.get(connection) ?? 0) + candidates.length;
  requireWithin(limits, 'candidatesPerConnection', total);
  counts.set(connection, total);
}
