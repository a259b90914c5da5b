import { InvalidOptionsError, type ParleyError } from '@parley-rtc/client';
import type { JsonObject, PublishStreamCommand, PublishStreamResult } from '@parley-rtc/contract';
import {
  MediaConnectionError,
  StreamNotFoundError,
  StreamTypeMismatchError,
} from '../errors/media-errors.ts';
import { newId } from '../new-id.ts';
import { withDeadline } from '../with-deadline.ts';
import { addTracks } from './add-tracks.ts';
import { applyEncodings } from './apply-encodings.ts';
import { type Captured, capture, stopAll, tracksOf } from './capture.ts';
import { startBitrateFor } from './encodings-for.ts';
import { MuteSwitch } from './mute-switch.ts';
import type { PublishOptions } from './publish-options.ts';
import type { PublishedStream, TrackKind } from './published-stream.ts';
import { openStreamLink } from './stream-link.ts';
import { TrackSlot } from './track-slot.ts';
import { tuneAnswer } from './tune-answer.ts';
import { planVideo } from './video-plan.ts';

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
  readonly setBitrate: (streamId: string, bitrateBps: number) => Promise<void>;
  readonly setMetadata: (streamId: string, metadata: JsonObject) => Promise<void>;
  readonly onProblem: (error: ParleyError) => void;
  readonly onClosed: () => void;
}

/** A stream as its owner in the house sees it. */
export interface HeldStream {
  readonly stream: PublishedStream;
  /** Stops sending anything, or goes on; mute is another matter. */
  readonly setHeld: (isHeld: boolean) => void;
}

/** Captures and publishes. On any failure what was captured is stopped and nothing stays published. */
export async function publishMedia(options: PublishOptions, verbs: PublishVerbs): Promise<HeldStream> {
  const signals = [verbs.signal, options.signal];
  assertBitrate(options.videoBitrateBps ?? 0);
  // No deadline here: the user may take any time to answer the browser's question.
  const captured = await withDeadline({ operation: 'publishStream', signals }, (signal) =>
    capture(options, signal),
  );
  try {
    return await send(captured, options, verbs);
  } catch (error) {
    if (captured.isOurs) stopAll(captured.mediaStream);
    throw error;
  }
}

async function send(
  { mediaStream, type, wishes, isOurs }: Captured,
  options: PublishOptions,
  verbs: PublishVerbs,
): Promise<HeldStream> {
  const { metadata, videoBitrateBps = 0, dtx = true, signal } = options;
  // Chosen here, so that a publication whose answer got lost can be withdrawn.
  let id = newId();
  const [video] = tracksOf(mediaStream, 'video');
  const screen = type === 'SCREEN' ? video : undefined;
  const plan = planVideo(type, options);
  const unpublish = () => link.close();
  const onScreenEnded = () => void unpublish();
  const slots: Partial<Record<TrackKind, TrackSlot>> = {};
  let senders: Partial<Record<TrackKind, RTCRtpSender>> = {};

  const encode = async (track: MediaStreamTrack) => {
    if (!senders.video) return;
    await applyEncodings(senders.video, plan.encodingsOf(track), plan.degradationPreference);
  };
  for (const kind of ['audio', 'video'] as const) {
    const [track] = tracksOf(mediaStream, kind);
    if (!track) continue;
    slots[kind] = new TrackSlot({
      streamId: () => id,
      kind,
      track,
      wish: wishes[kind],
      isOurs,
      send: async (next, before) => {
        await senders[kind]?.replaceTrack(next);
        mediaStream.removeTrack(before);
        mediaStream.addTrack(next);
        if (kind === 'video') await encode(next);
      },
      onLost: (error) => {
        if (screen) return;
        verbs.onProblem(error);
        // What cannot be told now is seen by the others as a picture that stands still.
        void muteLost(kind);
      },
    });
  }
  const muting = new MuteSwitch(slots, (kind, muted) => verbs.setMuted(id, kind, muted));

  const muteLost = async (kind: TrackKind) => {
    try {
      await muting.set(kind, true, true);
    } catch (error) {
      verbs.onProblem(error as ParleyError);
    }
  };

  const link = await openStreamLink({
    operation: 'publishStream',
    iceServers: verbs.iceServers,
    signals: [verbs.signal, signal],
    addMedia: (peer) => {
      senders = addTracks(peer, mediaStream, plan, options, isOurs);
    },
    exchange: async (sdpOffer, signal) => {
      const command = { streamId: id, conferenceStreamType: type, sdpOffer, videoBitrate: videoBitrateBps };
      const answer = await verbs.publish({ ...command, ...(metadata && { metadata }) }, signal);
      id = answer.streamId ?? id;
      const startBitrateBps = video && startBitrateFor(plan.encodingsOf(video), plan.isScreen);
      return (
        answer.sdpAnswer && tuneAnswer(answer.sdpAnswer, { dtx, ...(startBitrateBps && { startBitrateBps }) })
      );
    },
    sendCandidates: (candidates) => verbs.sendCandidates(id, candidates),
    withdraw: () => verbs.unpublish(id),
    onFailed: () => {
      verbs.onProblem(new MediaConnectionError(id, 'publish'));
      void unpublish();
    },
    onClosed: () => {
      screen?.removeEventListener('ended', onScreenEnded);
      for (const slot of Object.values(slots)) slot.close();
      verbs.onClosed();
    },
  });
  // The browser's own "stop sharing" ends the track and tells nobody else.
  screen?.addEventListener('ended', onScreenEnded);

  // A server without simulcast leaves one layer, the smallest, which is the largest from now on.
  if (video) await encode(video);

  const slotOf = (kind: TrackKind) => {
    assertOpen();
    const slot = slots[kind];
    if (slot) return slot;
    throw new StreamTypeMismatchError(`This stream has no ${kind}.`, 'Publish another one for it.');
  };
  const assertOpen = () => {
    if (link.isClosed) throw new StreamNotFoundError(id);
  };

  const stream: PublishedStream = {
    id,
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
      await Promise.all([
        camera && slotOf('video').switchTo(camera),
        microphone && slotOf('audio').switchTo(microphone),
      ]);
    },
    async setProcessor(kind, processor) {
      await slotOf(kind).setProcessor(processor);
    },
    async setVideoBitrate(bitrateBps) {
      slotOf('video');
      assertBitrate(bitrateBps);
      await verbs.setBitrate(id, bitrateBps);
      plan.maxBitrateBps = bitrateBps;
      const [track] = tracksOf(mediaStream, 'video');
      if (track) await encode(track);
    },
    async setMetadata(metadata) {
      assertOpen();
      await verbs.setMetadata(id, metadata);
    },
    unpublish,
    [Symbol.asyncDispose]: unpublish,
  };
  return {
    stream,
    setHeld: (isHeld) => {
      for (const slot of Object.values(slots)) slot.setHeld(isHeld);
    },
  };
}

function assertBitrate(bitrateBps: number): void {
  if (bitrateBps === 0 || (Number.isSafeInteger(bitrateBps) && bitrateBps >= 30_000)) return;
  throw new InvalidOptionsError(
    `A video cannot be limited to ${bitrateBps} bits per second.`,
    'Give 0 for no limit, or a whole number of at least 30000.',
  );
}
