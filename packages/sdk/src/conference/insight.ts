import type { ConferenceState } from '@parley-rtc/contract';
import type { MediaConnection } from '../media/media-connection.ts';
import type { StreamQuality } from '../quality/quality-of.ts';
import type { Announcement } from './announcements.ts';
import type { OnDemand } from './announcer.ts';

export interface InsightVerbs {
  readonly connections: () => readonly MediaConnection[];
  readonly conference: () => ConferenceState;
  readonly announce: (announcements: readonly Announcement[]) => void;
  /** Takes note of each measurement. */
  readonly remember: (streamId: string, quality: StreamQuality) => void;
}

/** Runs what is fetched only now, unless it was stopped before that. */
function lazily(load: () => Promise<() => () => void>): () => void {
  let stop: (() => void) | undefined;
  let isOver = false;
  const run = async () => {
    const start = await load();
    if (!isOver) stop = start();
  };
  // A browser that cannot load a file of the page says so in its console; the call goes on without this.
  run().catch(() => {});
  return () => {
    isOver = true;
    stop?.();
  };
}

/** Measuring starts with the first listener of an event and ends with the last; its code is fetched only then. */
export function startOnDemand(verbs: InsightVerbs): OnDemand {
  return {
    'quality-changed': () =>
      lazily(async () => {
        const { followQuality } = await import('./follow-quality.ts');
        return () => followQuality(verbs);
      }),
    'active-speakers-changed': () =>
      lazily(async () => {
        const { followSpeakers } = await import('./follow-speakers.ts');
        return () => followSpeakers(verbs);
      }),
  };
}
