import type { MediaConnection } from '../media/media-connection.ts';
import type { StreamQuality } from '../quality/quality-of.ts';
import type { Announcement } from './announcements.ts';
import type { ViewingRoom } from '../viewing/viewing-room.ts';
import type { OnDemand } from './announcer.ts';
import type { ConferenceSnapshot } from './conference-store.ts';

export interface InsightVerbs {
  readonly connections: () => readonly MediaConnection[];
  readonly snapshot: () => ConferenceSnapshot;
  /** What knows why a view is paused. */
  readonly viewing: () => Promise<Pick<ViewingRoom, 'pauseOf'>>;
  readonly announce: (announcements: readonly Announcement[]) => void;
  /** Takes note of each measurement. */
  readonly remember: (streamId: string, quality: StreamQuality) => void;
}

/** Runs what is loaded only now, unless it was stopped before that. */
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

/** One run for several events: from the first that is wanted to the last that no longer is. */
function shared(start: () => () => void): () => () => void {
  let count = 0;
  let stop: (() => void) | undefined;
  return () => {
    if (count === 0) stop = start();
    count += 1;
    return () => {
      count -= 1;
      if (count === 0) stop?.();
    };
  };
}

/** Measuring starts with the first listener of an event and ends with the last; its code is loaded only then. */
export function startOnDemand(verbs: InsightVerbs): OnDemand {
  const measuring = shared(() =>
    lazily(async () => {
      const { followQuality } = await import('./follow-quality.ts');
      return () => followQuality(verbs);
    }),
  );
  const hearing = shared(() =>
    lazily(async () => {
      const { followSpeakers } = await import('./follow-speakers.ts');
      return () => followSpeakers(verbs);
    }),
  );
  return {
    'quality-changed': measuring,
    'stats-updated': measuring,
    'active-speakers-changed': hearing,
    'audio-levels-updated': hearing,
  };
}
