import { type ConferenceState, findStream } from '@parley-rtc/contract';
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

/** Measuring starts with the first listener of an event and ends with the last; its code is loaded only then. */
export function startOnDemand({ connections, conference, announce, remember }: InsightVerbs): OnDemand {
  return {
    'quality-changed': () =>
      lazily(async () => {
        const { watchQuality } = await import('../quality/watch-quality.ts');
        return () =>
          watchQuality({
            connections,
            mutedKinds: (streamId) => mutedKinds(conference(), streamId),
            onMeasured: ({ streamId, direction }, quality, isChanged) => {
              remember(streamId, quality);
              if (isChanged) announce([['quality-changed', { streamId, direction, quality }]]);
            },
          });
      }),
    'active-speakers-changed': () =>
      lazily(async () => {
        const { watchSpeakers } = await import('../speakers/watch-speakers.ts');
        return () =>
          watchSpeakers({
            connections,
            isMuted: (streamId) => mutedKinds(conference(), streamId).has('audio'),
            onChanged: (speaking) => {
              const speakers = speaking.flatMap(({ streamId, level }) => {
                const participant = findStream(conference(), streamId)?.participant;
                return participant ? [{ participant, streamId, level }] : [];
              });
              announce([['active-speakers-changed', { speakers }]]);
            },
          });
      }),
  };
}
