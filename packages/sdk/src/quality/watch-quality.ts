import type { MediaConnection } from '../connection/media-connection.ts';
import type { VideoPause } from '../viewing/desired-video.ts';
import { repeatEvery } from '../waiting/repeat-every.ts';
import { markActiveLayers } from './mark-active-layers.ts';
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
  /** Whether level or causes differ from the previous measurement. */
  readonly isChanged: boolean;
}

interface Watched {
  readonly report: StatsReport;
  readonly pause: VideoPause | undefined;
  quality: StreamQuality | undefined;
}

/** Measures every open stream every 2 s, until the returned function is called. */
export function watchQuality(verbs: QualityVerbs): () => void {
  const { connections, mutedKinds, pauseOf, isBlocked, onMeasured } = verbs;
  const watched = new WeakMap<RTCPeerConnection, Watched>();

  const measure = async (connection: MediaConnection, signal: AbortSignal) => {
    const { peer, direction, streamId } = connection;
    if (!isMeasurable(peer.connectionState, watched.has(peer))) return;
    // The DOM's type does not say that a report is a map.
    const isView = direction === 'view';
    const reported = (await peer.getStats()) as unknown as StatsReport;
    const report = isView ? reported : markActiveLayers(reported, peer.getSenders());
    const pause = isView ? await pauseOf(connection) : undefined;
    if (signal.aborted) return;
    const known = watched.get(peer);
    const present: Watched = { report, pause, quality: known?.quality };
    watched.set(peer, present);
    if (!known) return;
    const stats = statsBetween(known.report, report);
    // Video that has resumed did not flow for the whole interval.
    const lastPause = pause ?? known.pause;
    const chosen = lastPause === 'chosen' ? (['video'] as const) : [];
    present.quality = qualityOf(stats, {
      direction,
      muted: new Set([...mutedKinds(streamId), ...chosen]),
      mutedByDevice: new Set(isView ? [] : mutedDevices(peer)),
      isHidden: lastPause === 'hidden',
      isAutoplayBlocked: isView && isBlocked(streamId),
      isInterrupted: !isView && peer.connectionState !== 'connected',
      previous: known.quality,
    });
    const { quality } = present;
    onMeasured(connection, { stats, quality, isChanged: isOther(known.quality, quality) });
  };
  return repeatEvery(intervalMs, (signal) =>
    // A connection that closes during the measurement rejects; measure the rest anyway.
    Promise.allSettled(connections().map((connection) => measure(connection, signal))),
  );
}

/** A connection has no quality before it connects or after it closes. */
function isMeasurable(state: RTCPeerConnectionState, wasMeasured: boolean): boolean {
  return state === 'connected' || state === 'disconnected' || (wasMeasured && state !== 'closed');
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
