import { withBoundary } from '@parley-rtc/client';
import type { Stream, ViewedVideo } from '@parley-rtc/contract';
import { createLinkRenewal, type LinkRenewal } from '../connection/link-renewal.ts';
import type { PeerLink } from '../connection/peer-link.ts';
import { StreamLink, type LinkContext, type Purpose } from '../connection/stream-link.ts';
import { newId } from '../new-id.ts';
import { kindsOf } from '../stream-kinds.ts';
import { pollEveryMs, pollUntil } from '../waiting/poll-until.ts';
import { moveMediaMs } from '../waiting/recovery-policy.ts';
import type { ViewCalls } from './view-calls.ts';
import type { ViewController } from './view-controller.ts';
import type { ViewedStream, ViewOptions } from './viewed-stream.ts';

/** The parts of the conference that a view needs. */
export interface ViewContext extends LinkContext {
  readonly calls: ViewCalls;
  /** Decrypts the media of a new receiver, if the conference is encrypted. */
  readonly decrypt: (receiver: RTCRtpReceiver) => void;
  /** Loads the viewing part of the SDK, and creates the controller of the view. */
  readonly createController: () => Promise<ViewController>;
}

/** One view of another participant's stream, and its counterpart at the server. */
export class View {
  readonly renewal: LinkRenewal;
  readonly #source: Pick<Stream, 'id' | 'type'>;
  readonly #options: ViewOptions;
  readonly #context: ViewContext;
  readonly #link: StreamLink;
  readonly #loading: Promise<ViewController>;
  #controller: ViewController | undefined;
  #mediaStream: MediaStream | undefined;
  /** Chosen here, so that a view can be withdrawn even if its answer is lost. */
  #viewerId = newId();
  /** The video that the last offer requested. */
  #requested: ViewedVideo = {};
  readonly #marks = { startedMs: performance.now(), offeredMs: 0, answeredMs: 0, appliedMs: 0 };

  constructor(source: Pick<Stream, 'id' | 'type'>, options: ViewOptions, context: ViewContext) {
    const { isInside, createController } = context;
    this.#source = source;
    this.#options = options;
    this.#context = context;
    const log = context.logs('view', () => ({ streamId: source.id }));
    this.#link = new StreamLink({
      context,
      log,
      direction: 'view',
      id: () => this.#viewerId,
      streamId: source.id,
      signal: options.signal,
      offer: (purpose, signal) => this.#offer(purpose, signal),
      onClosed: () => this.#closeController(),
      // No `onForgotten`: events report whether the stream ended or the server dropped us.
    });
    this.renewal = createLinkRenewal({
      link: this.#link,
      isInside,
      onRenewed: () => {},
      onFailed: (cause) => this.#link.fail(cause),
      log,
    });
    this.#loading = createController();
    // Awaited when the view opens; a failure before that must not count as unhandled.
    this.#loading.catch(() => {});
  }

  /** Opens the view. On any failure nothing stays open. */
  async open(): Promise<ViewedStream> {
    const controller = await this.#link.establish(async (signal) => {
      await this.#offer('open', signal);
      return this.#loading;
    });
    this.#controller = controller;
    const mediaStream = new MediaStream(receivedTracks(this.#link.peer));
    this.#mediaStream = mediaStream;
    controller.onConnected(
      {
        viewerId: () => this.#viewerId,
        peer: () => this.#link.peer,
        mediaStream,
        marks: this.#marks,
        updateVideo: (video) => this.#context.calls.updateVideo(this.#viewerId, video),
      },
      this.#requested,
    );
    return this.#viewedStream(controller, mediaStream);
  }

  /** Offers the server to receive the stream, and applies its answer. */
  async #offer(purpose: Purpose, signal: AbortSignal): Promise<void> {
    const { metadata, element, video: byHand } = this.#options;
    const isMoving = purpose === 'move';
    if (isMoving) this.#link.succeed();
    else if (this.#link.needsReconnect) this.#link.reconnect();
    const { connection } = this.#link;
    // A view that moves keeps its id.
    const isNewPath = isMoving || !connection.isNew;
    if (connection.isNew) this.#addReceivers(connection.peer);

    const sdpOffer = await connection.createOffer();
    this.#controller?.onNewPath();
    this.#marks.offeredMs = performance.now();
    // Without an element or an explicit choice, the first offer requests the full video and need not wait for the controller.
    if (this.#controller || element || byHand) this.#requested = (await this.#loading).video;
    const video = Object.keys(this.#requested).length > 0 && { video: this.#requested };
    signal.throwIfAborted();
    this.#link.isKnownToServer = true;
    const answer = await this.#context.calls.sendOffer(
      { viewerId: this.#viewerId, sdpOffer, isNewPath, ...(metadata && { metadata }), ...video },
      signal,
    );
    this.#marks.answeredMs = performance.now();
    this.#viewerId = answer.viewerId ?? this.#viewerId;
    signal.throwIfAborted();
    await connection.applyAnswer(answer.sdpAnswer);
    if (this.#link.hasFormer) void this.#takeOver(connection);
    else if (this.#mediaStream) setTracks(this.#mediaStream, receivedTracks(connection.peer));
    this.#marks.appliedMs = performance.now();
    this.#controller?.onOffered(this.#requested);
  }

  /** Shows what arrives over a connection once something arrives, and ends the former one. */
  async #takeOver(connection: PeerLink): Promise<void> {
    const { closing } = this.#link;
    const tracks = receivedTracks(connection.peer);
    let pollsLeft = moveMediaMs / pollEveryMs;
    const isReady = () =>
      connection.state === 'connected' && (tracks.every(({ muted }) => !muted) || (pollsLeft -= 1) < 0);
    await pollUntil(isReady, closing);
    if (this.#link.connection !== connection || closing.aborted) return;
    if (this.#mediaStream) setTracks(this.#mediaStream, tracks);
    this.#link.retire();
  }

  #viewedStream(controller: ViewController, mediaStream: MediaStream): ViewedStream {
    const link = this.#link;
    const stop = () => link.close();
    return withBoundary({
      streamId: this.#source.id,
      viewerId: this.#viewerId,
      get mediaStream() {
        controller.take();
        return mediaStream;
      },
      get connectionState() {
        return link.state;
      },
      get video() {
        return controller.video;
      },
      get priority() {
        return controller.priority;
      },
      firstFrame: controller.firstFrame,
      attach: (element) => controller.attach(element),
      setVolume: (volume) => controller.setVolume(volume),
      setAudioOutput: (deviceId) => controller.setAudioOutput(deviceId),
      setPriority: (priority) => controller.setPriority(priority),
      setVideo: (video) => controller.setVideo(video),
      stop,
      [Symbol.asyncDispose]: stop,
    });
  }

  #addReceivers(peer: RTCPeerConnection): void {
    const { needs, may } = kindsOf[this.#source.type];
    for (const kind of [...needs, ...may].toSorted()) {
      this.#context.decrypt(peer.addTransceiver(kind, { direction: 'recvonly' }).receiver);
    }
  }

  #closeController(): void {
    // The caller of `open` receives the error when the controller cannot be loaded.
    if (this.#controller) this.#controller.close();
    else this.#loading.then((controller) => controller.close()).catch(() => {});
  }
}

/** Exchanges the tracks of a stream that an element may be playing. */
function setTracks(mediaStream: MediaStream, tracks: readonly MediaStreamTrack[]): void {
  const before = mediaStream.getTracks();
  for (const track of before) if (!tracks.includes(track)) mediaStream.removeTrack(track);
  for (const track of tracks) if (!before.includes(track)) mediaStream.addTrack(track);
}

/** Returns the received tracks. The server refuses an optional kind that the stream lacks, such as the audio of a screen. */
function receivedTracks(peer: RTCPeerConnection): MediaStreamTrack[] {
  return peer
    .getTransceivers()
    .filter(({ currentDirection }) => currentDirection === 'recvonly')
    .map(({ receiver }) => receiver.track);
}
