import type { MediaConnection } from '../media/media-connection.ts';
import { qualityOf, type StreamQuality } from './quality-of.ts';
import { factsBetween, type StatsReport } from './stream-facts.ts';

const intervalMs = 2_000;

export interface QualityVerbs {
  readonly connections: () => readonly MediaConnection[];
  /** The kinds that the publisher of a stream has muted. */
  readonly mutedKinds: (streamId: string) => ReadonlySet<'audio' | 'video'>;
  /** After each measurement; `isChanged` when level or causes are others than before. */
  readonly onMeasured: (connection: MediaConnection, quality: StreamQuality, isChanged: boolean) => void;
}

interface Watched {
  report: StatsReport;
  quality: StreamQuality | undefined;
}

/** Measures every open stream each 2 s with one timer, until the returned function is called. */
export function watchQuality({ connections, mutedKinds, onMeasured }: QualityVerbs): () => void {
  const watched = new WeakMap<RTCPeerConnection, Watched>();
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const measure = async (connection: MediaConnection) => {
    const { peer, direction, streamId } = connection;
    // What is still coming up has no quality yet, and neither has what is closed.
    if (peer.connectionState !== 'connected' && peer.connectionState !== 'disconnected') return;
    // The type of the DOM does not say that it is a map of everything.
    const report = (await peer.getStats()) as unknown as StatsReport;
    if (isOver) return;
    const known = watched.get(peer);
    const present: Watched = { report, quality: known?.quality };
    watched.set(peer, present);
    if (!known) return;
    present.quality = qualityOf(factsBetween(known.report, report), {
      direction,
      muted: mutedKinds(streamId),
      mutedByDevice: new Set(direction === 'publish' ? mutedDevices(peer) : []),
      isHidden: false,
      isAutoplayBlocked: false,
      previous: known.quality,
    });
    onMeasured(connection, present.quality, isOther(known.quality, present.quality));
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
