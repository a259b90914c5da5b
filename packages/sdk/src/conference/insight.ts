import type { MediaConnection } from '../media/media-connection.ts';
import type { StreamQuality } from '../quality/quality-of.ts';
import type { Announcement } from './announcements.ts';
import type { ViewingRoom } from '../viewing/viewing-room.ts';
import type { Measured } from './follow-streams.ts';
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

/** Measuring starts with the first listener of an event and ends with the last; its code is fetched only then. */
export function startOnDemand(verbs: InsightVerbs): OnDemand {
  const start = (what: Measured) => () =>
    lazily(async () => {
      const { follow } = await import('./follow-streams.ts');
      return () => follow(what, verbs);
    });
  return {
    'quality-changed': start('quality'),
    'stats-updated': start('quality'),
    'active-speakers-changed': start('sound'),
    'audio-levels-updated': start('sound'),
  };
}
