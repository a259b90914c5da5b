import type { MediaConnection } from '../media/media-connection.ts';
import type { VideoPause } from '../viewing/video-wish.ts';
import { qualityOf, type StreamQuality } from './quality-of.ts';
import { statsBetween, type StatsReport, type StreamStats } from './stream-stats.ts';

const intervalMs = 2_000;

export interface QualityVerbs {
  readonly connections: () => readonly MediaConnection[];
  /** The kinds that the publisher of a stream has muted. */
  readonly mutedKinds: (streamId: string) => ReadonlySet<'audio' | 'video'>;
  /** Why the video of a view does not flow, if it does not. */
  readonly pauseOf: (connection: MediaConnection) => Promise<VideoPause | undefined>;
  /** Whether the browser waits for a click before it plays a viewed stream. */
  readonly isBlocked: (streamId: string) => boolean;
  readonly onMeasured: (connection: MediaConnection, measured: Measured) => void;
}

interface Measured {
  readonly stats: StreamStats;
  readonly quality: StreamQuality;
  /** Level or causes are others than before. */
  readonly isChanged: boolean;
}

interface Watched {
  readonly report: StatsReport;
  readonly pause: VideoPause | undefined;
  quality: StreamQuality | undefined;
}

/** Measures every open stream each 2 s with one timer, until the returned function is called. */
export function watchQuality(verbs: QualityVerbs): () => void {
  const { connections, mutedKinds, pauseOf, isBlocked, onMeasured } = verbs;
  const watched = new WeakMap<RTCPeerConnection, Watched>();
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const measure = async (connection: MediaConnection) => {
    const { peer, direction, streamId } = connection;
    // What is still coming up has no quality yet, and neither has what is closed.
    if (peer.connectionState !== 'connected' && peer.connectionState !== 'disconnected') return;
    // The type of the DOM does not say that it is a map of everything.
    const report = (await peer.getStats()) as unknown as StatsReport;
    const isView = direction === 'view';
    const pause = isView ? await pauseOf(connection) : undefined;
    if (isOver) return;
    const known = watched.get(peer);
    const present: Watched = { report, pause, quality: known?.quality };
    watched.set(peer, present);
    if (!known) return;
    const stats = statsBetween(known.report, report);
    // What flows again has not flowed for the whole time.
    const lastPause = pause ?? known.pause;
    const chosen = lastPause === 'chosen' ? (['video'] as const) : [];
    present.quality = qualityOf(stats, {
      direction,
      muted: new Set([...mutedKinds(streamId), ...chosen]),
      mutedByDevice: new Set(isView ? [] : mutedDevices(peer)),
      isHidden: lastPause === 'hidden',
      isAutoplayBlocked: isView && isBlocked(streamId),
      previous: known.quality,
    });
    const { quality } = present;
    onMeasured(connection, { stats, quality, isChanged: isOther(known.quality, quality) });
  };
  const round = async () => {
    // A connection that was closed meanwhile refuses; the others still count.
    await Promise.allSettled(connections().map(measure));
    if (!isOver) timer = setTimeout(() => void round(), intervalMs);
  };
  void round();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

function mutedDevices(peer: RTCPeerConnection): ('audio' | 'video')[] {
  return peer
    .getSenders()
    .flatMap(({ track }) => (track?.muted ? [track.kind === 'audio' ? 'audio' : 'video'] : []));
}

function isOther(before: StreamQuality | undefined, after: StreamQuality): boolean {
  if (!before || before.level !== after.level) return true;
  return codesOf(before) !== codesOf(after);
}

function codesOf({ causes }: StreamQuality): string {
  return causes
    .map(({ code }) => code)
    .toSorted()
    .join();
}
