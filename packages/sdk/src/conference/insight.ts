import { type ConferenceState, findStream } from '@parley-rtc/contract';
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

const kinds = ['audio', 'video'] as const;

const mutedKinds = ({ metadata }: ConferenceState, streamId: string) =>
  new Set(kinds.filter((kind) => Object.hasOwn(metadata, `TRACK_MUTED/${kind}/${streamId}`)));

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
  const { connections, snapshot, viewing, announce, remember } = verbs;
  const measuring = shared(() =>
    lazily(async () => {
      const { watchQuality } = await import('../quality/watch-quality.ts');
      return () =>
        watchQuality({
          connections,
          mutedKinds: (streamId) => mutedKinds(snapshot().conference, streamId),
          pauseOf: async ({ peer }) => (await viewing()).pauseOf(peer),
          isBlocked: (streamId) => snapshot().playback.blockedStreamIds.includes(streamId),
          onMeasured: ({ streamId, direction }, { stats, quality, isChanged }) => {
            remember(streamId, quality);
            announce([['stats-updated', { streamId, direction, stats }]]);
            if (isChanged) announce([['quality-changed', { streamId, direction, quality }]]);
          },
        });
    }),
  );
  const hearing = shared(() =>
    lazily(async () => {
      const { watchSpeakers } = await import('../speakers/watch-speakers.ts');
      return () =>
        watchSpeakers({
          connections,
          isMuted: (streamId) => mutedKinds(snapshot().conference, streamId).has('audio'),
          onLevels: (levels) => announce([['audio-levels-updated', { levels }]]),
          onChanged: (speaking) => {
            const speakers = speaking.flatMap(({ streamId, level }) => {
              const participant = findStream(snapshot().conference, streamId)?.participant;
              return participant ? [{ participant, streamId, level }] : [];
            });
            announce([['active-speakers-changed', { speakers }]]);
          },
        });
    }),
  );
  return {
    'quality-changed': measuring,
    'stats-updated': measuring,
    'active-speakers-changed': hearing,
    'audio-levels-updated': hearing,
  };
}
