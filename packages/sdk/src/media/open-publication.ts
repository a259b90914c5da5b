import { HttpError, type ParleyError } from '@parley-rtc/client';
import type { JsonObject, PublishStreamCommand, PublishStreamResult } from '@parley-rtc/contract';
import { MediaConnectionError, StreamNotFoundError } from '../errors/media-errors.ts';
import { newId } from '../new-id.ts';
import { setActiveLayers } from './active-layers.ts';
import { assertBitrate } from './assert-bitrate.ts';
import { type Captured, tracksOf } from './capture.ts';
import { OutgoingMedia } from './outgoing-media.ts';
import type { PublishOptions } from './publish-options.ts';
import type { PublishedStream, TrackKind } from './published-stream.ts';
import { openStreamLink, type StreamLinkOptions } from './stream-link.ts';
import { type Upkeep, upkeepOf } from './upkeep.ts';

/** What publishing needs of the rest of the SDK. */
export interface PublishVerbs {
  readonly iceConfiguration: () => Promise<RTCConfiguration>;
  /** Aborts when the conference is over. */
  readonly signal: AbortSignal;
  readonly publish: (
    command: Omit<PublishStreamCommand, 'conferenceId' | 'userEndpointId'>,
    signal: AbortSignal,
  ) => Promise<PublishStreamResult>;
  /** Resolves with whether the server knows the stream; never rejects. */
  readonly sendCandidates: (streamId: string, candidates: readonly RTCIceCandidateInit[]) => Promise<boolean>;
  /** Never rejects. */
  readonly unpublish: (streamId: string) => Promise<unknown>;
  readonly setMuted: (streamId: string, kind: TrackKind, muted: boolean) => Promise<void>;
  readonly setBitrate: (streamId: string, bitrateBps: number) => Promise<void>;
  readonly setMetadata: (streamId: string, metadata: JsonObject) => Promise<void>;
  /** Encrypts what a new transceiver sends, if that is wanted. */
  readonly protect: (transceiver: RTCRtpTransceiver) => void;
  /** Whether the server counts us as present. While it does not, a lost connection is no reason to close. */
  readonly isInside: () => boolean;
  /** The server had lost the stream and has it again, under its new id. */
  readonly onRestored: (formerId: string, stream: PublishedStream) => void;
  readonly onProblem: (error: ParleyError) => void;
  readonly onPeer: (peer: RTCPeerConnection) => void;
  readonly onClosed: () => void;
}

/** A stream of ours and what keeps it alive. */
export interface Publication extends Upkeep {
  readonly stream: PublishedStream;
  /** Stops sending anything, or goes on; mute is another matter. */
  setHeld(isHeld: boolean): void;
  /** Sends only those simulcast layers that anybody views. */
  setActiveLayers(rids: readonly string[]): void;
}

/**
 * Publishes what was captured. On any failure nothing stays published; what was captured is left as it is. In a file of
 * its own, which is fetched while the devices are opened.
 */
export async function openPublication(
  captured: Captured,
  options: PublishOptions,
  verbs: PublishVerbs,
): Promise<Publication> {
  const { mediaStream, type } = captured;
  // Chosen here, so that a publication whose answer got lost can be withdrawn.
  let id = newId();
  const outgoing = new OutgoingMedia({
    captured,
    options,
    streamId: () => id,
    announceMute: (kind, muted) => verbs.setMuted(id, kind, muted),
    protect: verbs.protect,
    onProblem: verbs.onProblem,
  });
  const [screen] = type === 'SCREEN' ? tracksOf(mediaStream, 'video') : [];
  const unpublish = () => link.close();
  const onScreenEnded = () => void unpublish();
  const onFailed = () => {
    if (!verbs.isInside()) return;
    verbs.onProblem(new MediaConnectionError(id, 'publish'));
    void unpublish();
  };
  const exchange: StreamLinkOptions['exchange'] = async (sdpOffer, signal, purpose) => {
    const { metadata, videoBitrateBps: videoBitrate = 0 } = options;
    // Once published, an id is used up: the others know the stream by it as withdrawn.
    const streamId = purpose === 'reopen' ? newId() : id;
    const command = { streamId, conferenceStreamType: type, sdpOffer, videoBitrate };
    const isRestart = purpose === 'restart';
    try {
      const answer = await verbs.publish(
        { ...command, ...(metadata && { metadata }), ...(isRestart && { iceRestart: true }) },
        signal,
      );
      id = answer.streamId ?? streamId;
      return answer.sdpAnswer && outgoing.tune(answer.sdpAnswer);
    } catch (error) {
      // Its answer may only have got lost, and the next try has another id.
      if (purpose === 'reopen' && !(error instanceof HttpError)) void verbs.unpublish(streamId);
      throw error;
    }
  };

  const link = await openStreamLink({
    operation: 'publishStream',
    iceConfiguration: verbs.iceConfiguration,
    onPeer: verbs.onPeer,
    signals: [verbs.signal, options.signal],
    addMedia: (peer) => outgoing.addTo(peer),
    reopensAnew: true,
    exchange,
    sendCandidates: (candidates) => verbs.sendCandidates(id, candidates),
    withdraw: () => verbs.unpublish(id),
    onFailed,
    onForgotten: () => upkeep.renew('reopen'),
    onClosed: () => {
      screen?.removeEventListener('ended', onScreenEnded);
      outgoing.close();
      verbs.onClosed();
    },
  });
  screen?.addEventListener('ended', onScreenEnded);
  await outgoing.encode();

  const assertOpen = () => {
    if (link.isClosed) throw new StreamNotFoundError(id);
  };
  const { muting } = outgoing;
  const stream: PublishedStream = {
    get id() {
      return id;
    },
    type,
    mediaStream,
    get connectionState() {
      return link.peer.connectionState;
    },
    async mute(kind, { keepDevice } = {}) {
      assertOpen();
      await muting.set(kind, true, keepDevice);
    },
    async unmute(kind) {
      assertOpen();
      await muting.set(kind, false);
    },
    isMuted: (kind) => muting.isMuted(kind),
    async switchTo({ camera, microphone }) {
      assertOpen();
      await Promise.all([
        camera && outgoing.slotOf('video').switchTo(camera),
        microphone && outgoing.slotOf('audio').switchTo(microphone),
      ]);
    },
    async setProcessor(kind, processor) {
      assertOpen();
      await outgoing.slotOf(kind).setProcessor(processor);
    },
    async setVideoBitrate(bitrateBps) {
      assertOpen();
      outgoing.slotOf('video');
      assertBitrate(bitrateBps);
      await verbs.setBitrate(id, bitrateBps);
      await outgoing.limitVideo(bitrateBps);
    },
    async setMetadata(metadata) {
      assertOpen();
      await verbs.setMetadata(id, metadata);
    },
    unpublish,
    [Symbol.asyncDispose]: unpublish,
  };
  let announcedId = id;
  const upkeep = upkeepOf({
    link,
    isInside: verbs.isInside,
    onRenewed: () => {
      outgoing.encode().catch(verbs.onProblem);
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
  return {
    stream,
    ...upkeep,
    setHeld: (isHeld) => outgoing.setHeld(isHeld),
    setActiveLayers: (rids) => void setActiveLayers(link.peer, rids),
  };
}
