import type { ParleyError } from '@parley-rtc/client';
import type { OnDemand } from '../announcing/announcer.ts';
import { loadPart } from '../load-part.ts';
import { keepLoading, lazily } from '../waiting/lazily.ts';
import type { InsightVerbs, Measured } from './measure-streams.ts';

// Separate from `measure-streams.ts`, because a call loads that file only when the first listener is added.

/**
 * Loads and starts a measurement, receives messages, or asks who is waiting, with the first listener of the event; stops when the
 * last listener is removed.
 */
export function startOnDemand(
  verbs: InsightVerbs,
  listenToMessages: () => () => void,
  loadGuests: (signal: AbortSignal) => Promise<() => () => void>,
  onProblem: (error: ParleyError) => void,
): OnDemand {
  const start = (what: Measured) => () =>
    lazily(async (signal) => {
      const { measure } = await keepLoading(
        () => loadPart('insight', () => import('./measure-streams.ts')),
        signal,
        onProblem,
      );
      return () => measure(what, verbs);
    });
  return {
    'quality-changed': start('quality'),
    'stats-updated': start('quality'),
    'active-speakers-changed': start('audio'),
    'audio-levels-updated': start('audio'),
    message: listenToMessages,
    'waiting-room-changed': () => lazily(loadGuests),
  };
}
