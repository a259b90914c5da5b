import type { MediaConnection } from '../media/media-connection.ts';
import { SpeakerDetector, type SpeakingStream } from './speaker-detector.ts';

const intervalMs = 100;

export interface SpeakerVerbs {
  readonly connections: () => readonly MediaConnection[];
  readonly isMuted: (streamId: string) => boolean;
  /** How loud each stream is now that has sound, 0 to 1; called when any of it has changed. */
  readonly onLevels: (levels: Readonly<Record<string, number>>) => void;
  /** Who speaks has changed, or how loud. */
  readonly onChanged: (speaking: readonly SpeakingStream[]) => void;
}

/** Listens to all viewed sound and the own microphone, ten times a second, until the returned function is called. */
export function watchSpeakers({ connections, isMuted, onLevels, onChanged }: SpeakerVerbs): () => void {
  const detector = new SpeakerDetector();
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastLevels = '{}';
  let last = '[]';

  const listen = async ({ peer, direction, streamId }: MediaConnection) => {
    if (peer.connectionState !== 'connected') return [];
    const level = isMuted(streamId) ? 0 : await audioLevel(peer, direction);
    if (level === undefined) return [];
    detector.feed(streamId, level, performance.now());
    return [[streamId, level] as const];
  };
  const round = async () => {
    const present = connections();
    const heard = await Promise.allSettled(present.map(listen));
    if (isOver) return;
    const levels = Object.fromEntries(heard.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])));
    const nowLevels = JSON.stringify(levels);
    if (nowLevels !== lastLevels) {
      lastLevels = nowLevels;
      onLevels(levels);
    }
    const speaking = detector
      .speakers(performance.now())
      .filter(({ streamId }) => present.some((one) => one.streamId === streamId));
    const now = JSON.stringify(speaking);
    if (now !== last) {
      last = now;
      onChanged(speaking);
    }
    timer = setTimeout(() => void round(), intervalMs);
  };
  void round();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/**
 * From statistics, which no muted element survives (its level is 0), and for what is received also from the packets'
 * headers, which are optional.
 */
async function audioLevel(
  peer: RTCPeerConnection,
  direction: 'publish' | 'view',
): Promise<number | undefined> {
  const ends = direction === 'publish' ? peer.getSenders() : peer.getReceivers();
  const end = ends.find(({ track }) => track?.kind === 'audio');
  if (!end) return undefined;
  const levels = 'getSynchronizationSources' in end ? headerLevels(end) : [];
  for (const entry of (await end.getStats()).values() as Iterable<Readonly<Record<string, unknown>>>) {
    const isSource = entry['type'] === 'media-source' || entry['type'] === 'inbound-rtp';
    if (isSource && typeof entry['audioLevel'] === 'number') levels.push(entry['audioLevel']);
  }
  return levels.length > 0 ? Math.max(...levels) : undefined;
}

/** Of the last second; what is older was said before a silence that sends nothing. */
function headerLevels(receiver: RTCRtpReceiver): number[] {
  const now = performance.timeOrigin + performance.now();
  return receiver
    .getSynchronizationSources()
    .flatMap(({ audioLevel, timestamp }) =>
      audioLevel !== undefined && now - timestamp < 1_000 ? [audioLevel] : [],
    );
}
