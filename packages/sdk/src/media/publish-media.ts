import type { ParleyError } from '@parley-rtc/client';
import type { PublishStreamCommand, PublishStreamResult } from '@parley-rtc/contract';
import { MediaConnectionError, StreamNotFoundError } from '../errors/media-errors.ts';
import { newId } from '../new-id.ts';
import { withDeadline } from '../with-deadline.ts';
import { type Captured, capture, tracksOf } from './capture.ts';
import { MuteSwitch } from './mute-switch.ts';
import type { PublishOptions } from './publish-options.ts';
import type { PublishedStream, TrackKind } from './published-stream.ts';
import { openStreamLink } from './stream-link.ts';

/** What publishing needs of the rest of the SDK. */
export interface PublishVerbs {
  readonly iceServers: readonly RTCIceServer[];
  /** Aborts when the conference is over. */
  readonly signal: AbortSignal;
  readonly publish: (
    command: Omit<PublishStreamCommand, 'conferenceId' | 'userEndpointId'>,
    signal: AbortSignal,
  ) => Promise<PublishStreamResult>;
  readonly sendCandidates: (streamId: string, candidates: readonly RTCIceCandidateInit[]) => void;
  /** Never rejects. */
  readonly unpublish: (streamId: string) => Promise<void>;
  readonly setMuted: (streamId: string, kind: TrackKind, muted: boolean) => Promise<void>;
  readonly onProblem: (error: ParleyError) => void;
  readonly onPeer: (peer: RTCPeerConnection) => void;
  readonly onClosed: () => void;
}

/** Captures and publishes. On any failure what was captured is stopped and nothing stays published. */
export async function publishMedia(options: PublishOptions, verbs: PublishVerbs): Promise<PublishedStream> {
  const signals = [verbs.signal, options.signal];
  // No deadline here: the user may take any time to answer the browser's question.
  const captured = await withDeadline({ operation: 'publishStream', signals }, (signal) =>
    capture(options, signal),
  );
  try {
    return await send(captured, options, verbs);
  } catch (error) {
    captured.stop();
    throw error;
  }
}

async function send(
  captured: Captured,
  { metadata, videoBitrateBps = 0, signal }: PublishOptions,
  verbs: PublishVerbs,
): Promise<PublishedStream> {
  const { mediaStream, type } = captured;
  // Chosen here, so that a publication whose answer got lost can be withdrawn.
  let id = newId();
  const [screen] = type === 'SCREEN' ? tracksOf(mediaStream, 'video') : [];
  const unpublish = () => link.close();
  const onScreenEnded = () => void unpublish();

  const link = await openStreamLink({
    operation: 'publishStream',
    iceServers: verbs.iceServers,
    onPeer: verbs.onPeer,
    signals: [verbs.signal, signal],
    addMedia: (peer) => addTracks(peer, mediaStream, videoBitrateBps),
    exchange: async (sdpOffer, signal) => {
      const command = { streamId: id, conferenceStreamType: type, sdpOffer, videoBitrate: videoBitrateBps };
      const answer = await verbs.publish({ ...command, ...(metadata && { metadata }) }, signal);
      id = answer.streamId ?? id;
      return answer.sdpAnswer;
    },
    sendCandidates: (candidates) => verbs.sendCandidates(id, candidates),
    withdraw: () => verbs.unpublish(id),
    onFailed: () => {
      verbs.onProblem(new MediaConnectionError(id, 'publish'));
      void unpublish();
    },
    onClosed: () => {
      screen?.removeEventListener('ended', onScreenEnded);
      captured.stop();
      verbs.onClosed();
    },
  });
  // The browser's own "stop sharing" ends the track and tells nobody else.
  screen?.addEventListener('ended', onScreenEnded);

  const muting = new MuteSwitch(mediaStream, (kind, muted) => verbs.setMuted(id, kind, muted));
  const setMuted = async (kind: TrackKind, muted: boolean) => {
    if (link.isClosed) throw new StreamNotFoundError(id);
    await muting.set(kind, muted);
  };
  return {
    id,
    type,
    mediaStream,
    get connectionState() {
      return link.peer.connectionState;
    },
    mute: (kind) => setMuted(kind, true),
    unmute: (kind) => setMuted(kind, false),
    isMuted: (kind) => muting.isMuted(kind),
    unpublish,
    [Symbol.asyncDispose]: unpublish,
  };
}

/** One section for each kind, as every client of the platform has it. */
function addTracks(peer: RTCPeerConnection, mediaStream: MediaStream, videoBitrateBps: number): void {
  for (const kind of ['audio', 'video'] as const) {
    const [track] = tracksOf(mediaStream, kind);
    if (!track) continue;
    const isLimited = kind === 'video' && videoBitrateBps > 0;
    peer.addTransceiver(track, {
      direction: 'sendonly',
      streams: [mediaStream],
      ...(isLimited && { sendEncodings: [{ maxBitrate: videoBitrateBps }] }),
    });
  }
}
