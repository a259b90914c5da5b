import { HttpError, type ParleyError, withDeadline } from '@parley-rtc/client';
import type { PublishStreamCommand, PublishStreamResult } from '@parley-rtc/contract';
import { MediaConnectionError, StreamNotFoundError } from '../errors/media-errors.ts';
import { newId } from '../new-id.ts';
import { setActiveLayers } from './active-layers.ts';
import { type Captured, capture, tracksOf } from './capture.ts';
import { MuteSwitch } from './mute-switch.ts';
import type { PublishOptions } from './publish-options.ts';
import type { PublishedStream, TrackKind } from './published-stream.ts';
import { openStreamLink } from './stream-link.ts';
import { type Upkeep, upkeepOf } from './upkeep.ts';

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
  /** Whether the server counts us as present. While it does not, a lost connection is no reason to close. */
  readonly isInside: () => boolean;
  /** The server had lost the stream and has it again, under its new id. */
  readonly onRestored: (formerId: string, stream: PublishedStream) => void;
  readonly onProblem: (error: ParleyError) => void;
  readonly onClosed: () => void;
}

/** A stream of ours and what keeps it alive. */
export interface Publication extends Upkeep {
  readonly stream: PublishedStream;
  /** Sends only those simulcast layers that anybody views. */
  setActiveLayers(rids: readonly string[]): void;
}

/** Captures and publishes. On any failure what was captured is stopped and nothing stays published. */
export async function publishMedia(options: PublishOptions, verbs: PublishVerbs): Promise<Publication> {
  const signals = [verbs.signal, options.signal];
  // No deadline here: the user may take any time to answer the browser's question.
  const captured = await withDeadline({ operation: 'publishStream', signals }, ({ signal }) =>
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
): Promise<Publication> {
  const { mediaStream, type } = captured;
  // Chosen here, so that a publication whose answer got lost can be withdrawn.
  let id = newId();
  const [screen] = type === 'SCREEN' ? tracksOf(mediaStream, 'video') : [];
  const unpublish = () => link.close();
  const onScreenEnded = () => void unpublish();
  const onFailed = () => {
    if (!verbs.isInside()) return;
    verbs.onProblem(new MediaConnectionError(id, 'publish'));
    void unpublish();
  };

  const link = await openStreamLink({
    operation: 'publishStream',
    iceServers: verbs.iceServers,
    signals: [verbs.signal, signal],
    addMedia: (peer) => addTracks(peer, mediaStream, videoBitrateBps),
    exchange: async (sdpOffer, signal, purpose) => {
      // Once published, an id is used up: the others know the stream by it as withdrawn.
      const streamId = purpose === 'reopen' ? newId() : id;
      const command = { streamId, conferenceStreamType: type, sdpOffer, videoBitrate: videoBitrateBps };
      const isRestart = purpose === 'restart';
      try {
        const answer = await verbs.publish(
          { ...command, ...(metadata && { metadata }), ...(isRestart && { iceRestart: true }) },
          signal,
        );
        id = answer.streamId ?? streamId;
        return answer.sdpAnswer;
      } catch (error) {
        // Its answer may only have got lost, and the next try has another id.
        if (purpose === 'reopen' && !(error instanceof HttpError)) void verbs.unpublish(streamId);
        throw error;
      }
    },
    sendCandidates: (candidates) => verbs.sendCandidates(id, candidates),
    withdraw: () => verbs.unpublish(id),
    onFailed,
    onForgotten: () => upkeep.renew('reopen'),
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
  const stream: PublishedStream = {
    get id() {
      return id;
    },
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
  let announcedId = id;
  const upkeep = upkeepOf({
    link,
    isInside: verbs.isInside,
    onRenewed: () => {
      if (id === announcedId) return;
      const formerId = announcedId;
      announcedId = id;
      for (const kind of ['audio', 'video'] as const) {
        if (muting.isMuted(kind)) verbs.setMuted(id, kind, true).catch(verbs.onProblem);
      }
      verbs.onRestored(formerId, stream);
    },
    onFailed,
  });
  return { stream, ...upkeep, setActiveLayers: (rids) => void setActiveLayers(link.peer, rids) };
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
