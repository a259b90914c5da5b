import type { MediaConnection } from '../connection/media-connection.ts';
import { repeatEvery } from '../waiting/repeat-every.ts';
import { OwnLevels } from './own-levels.ts';
import { SpeakerDetector, type SpeakingStream } from './speaker-detector.ts';

const intervalMs = 100;

export interface SpeakerVerbs {
  readonly connections: () => readonly MediaConnection[];
  readonly isMuted: (streamId: string) => boolean;
  /** Receives how loud each stream with audio is, 0 to 1; called when any level has changed. */
  readonly onLevels: (levels: Readonly<Record<string, number>>) => void;
  /** Called when the list of speakers, or a speaker's level, has changed. */
  readonly onChanged: (speaking: readonly SpeakingStream[]) => void;
}

/** Measures all viewed audio and the local microphone ten times a second, until the returned function is called. */
export function watchSpeakers({ connections, isMuted, onLevels, onChanged }: SpeakerVerbs): () => void {
  const detector = new SpeakerDetector();
  const ownLevels = new OwnLevels();
  let known = new Set<string>();
  let lastLevels = '{}';
  let last = '[]';

  const levelOf = async (peer: RTCPeerConnection, direction: 'publish' | 'view', streamId: string) => {
    const ends = direction === 'publish' ? peer.getSenders() : peer.getReceivers();
    const end = ends.find(({ track }) => track?.kind === 'audio');
    if (!end?.track) return undefined;
    const reported = await audioLevel(end);
    return reported ?? (direction === 'publish' ? ownLevels.levelOf(streamId, end.track) : undefined);
  };
  const listen = async ({ peer, direction, streamId }: MediaConnection) => {
    if (peer.connectionState !== 'connected') return [];
    if (isMuted(streamId)) ownLevels.forget(streamId);
    const level = isMuted(streamId) ? 0 : await levelOf(peer, direction, streamId);
    if (level === undefined) return [];
    detector.feed(streamId, level, performance.now());
    return [[streamId, level] as const];
  };
  const stop = repeatEvery(intervalMs, async (signal) => {
    const present = connections();
    const streamIds = new Set(present.map(({ streamId }) => streamId));
    for (const streamId of known) {
      if (streamIds.has(streamId)) continue;
      detector.forget(streamId);
      ownLevels.forget(streamId);
    }
    known = streamIds;
    const heard = await Promise.allSettled(present.map(listen));
    if (signal.aborted) return;
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
  });
  return () => {
    stop();
    ownLevels.close();
  };
}

/**
 * Reads the audio level from the statistics, where a muted element has level 0. For a received stream it also reads the
 * packets' headers, in which the level is optional.
 */
async function audioLevel(end: RTCRtpSender | RTCRtpReceiver): Promise<number | undefined> {
  const levels = 'getSynchronizationSources' in end ? headerLevels(end) : [];
  for (const entry of (await end.getStats()).values() as Iterable<Readonly<Record<string, unknown>>>) {
    const isSource = entry['type'] === 'media-source' || entry['type'] === 'inbound-rtp';
    if (isSource && typeof entry['audioLevel'] === 'number') levels.push(entry['audioLevel']);
  }
  return levels.length > 0 ? Math.max(...levels) : undefined;
}

/** Returns the levels of the last second. Older ones precede a silence during which nothing is sent. */
function headerLevels(receiver: RTCRtpReceiver): number[] {
  const now = performance.timeOrigin + performance.now();
  return receiver
    .getSynchronizationSources()
    .flatMap(({ audioLevel, timestamp }) =>
      audioLevel !== undefined && now - timestamp < 1_000 ? [audioLevel] : [],
    );
}
