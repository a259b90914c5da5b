import type { OnDemand } from '../announcing/announcer.ts';
import type { InsightVerbs, Measured } from './measure-streams.ts';

// Separate from `measure-streams.ts`, because a call loads that file only when the first listener is added.

/** Loads and starts a task, unless the returned function is called before it is loaded; then or later, that stops it. */
function lazily(load: () => Promise<() => () => void>): () => void {
  let stop: (() => void) | undefined;
  let isOver = false;
  const run = async () => {
    const start = await load();
    if (!isOver) stop = start();
  };
  // A browser reports a file that it cannot load in its console; the call continues without it.
  run().catch(() => {});
  return () => {
    isOver = true;
    stop?.();
  };
}

/**
 * Loads and starts a measurement, receives messages, or asks who is waiting, with the first listener of the event; stops when the
 * last listener is removed.
 */
export function startOnDemand(
  verbs: InsightVerbs,
  listenToMessages: () => () => void,
  loadGuests: () => Promise<() => () => void>,
): OnDemand {
  const start = (what: Measured) => () =>
    lazily(async () => {
      const { measure } = await import('./measure-streams.ts');
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
