import { findStream } from '@parley-rtc/contract';
import type { Announcement } from '../announcing/announcements.ts';
import type { MediaConnection } from '../connection/media-connection.ts';
import { mutedKinds } from '../conventions/muted-kinds.ts';
import type { StreamQuality } from '../quality/quality-of.ts';
import { watchQuality } from '../quality/watch-quality.ts';
import { watchSpeakers } from '../speakers/watch-speakers.ts';
import type { ConferenceSnapshot } from '../state/conference-store.ts';
import type { ViewRegistry } from '../viewing/view-registry.ts';

/** The kinds of measurement: quality with statistics, or audio levels with active speakers. */
export type Measured = 'quality' | 'audio';

export interface InsightVerbs {
  readonly connections: () => readonly MediaConnection[];
  readonly snapshot: () => ConferenceSnapshot;
  /** Loads the registry that knows why a view is paused. */
  readonly viewing: () => Promise<Pick<ViewRegistry, 'pauseOf'>>;
  readonly announce: (announcements: readonly Announcement[]) => void;
  /** Stores the last measurement. */
  readonly remember: (streamId: string, quality: StreamQuality) => void;
}

const measurements = { quality: measureQuality, audio: measureAudio };

/** The running measurements of one conference, each with the number of events that use it. */
type Running = Map<Measured, { count: number; readonly stop: () => void }>;

const runningFor = new WeakMap<InsightVerbs, Running>();

/** Measures until the returned function is called. All events of one conference share each measurement. */
export function measure(what: Measured, verbs: InsightVerbs): () => void {
  const running: Running = runningFor.get(verbs) ?? new Map();
  runningFor.set(verbs, running);
  const entry = running.get(what) ?? { count: 0, stop: measurements[what](verbs) };
  running.set(what, entry);
  entry.count += 1;
  return () => {
    entry.count -= 1;
    if (entry.count > 0) return;
    running.delete(what);
    entry.stop();
  };
}

/** Announces statistics and quality of every stream until the returned function is called. */
function measureQuality({ connections, snapshot, viewing, announce, remember }: InsightVerbs): () => void {
  return watchQuality({
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
}

/** Announces audio levels and active speakers until the returned function is called. */
function measureAudio({ connections, snapshot, announce }: InsightVerbs): () => void {
  return watchSpeakers({
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
}
