import type { ParleyError } from '@parley-rtc/client';
import type { StreamType, ViewedVideo } from '@parley-rtc/contract';
import { NoFramesError, ViewClosedError } from '../errors/viewing-errors.ts';
import { kindsOf } from '../stream-kinds.ts';
import { AdaptiveVideo } from './adaptive-video.ts';
import type { VideoPause } from './desired-video.ts';
import { awaitFirstFrame, type FirstFrame } from './first-frame.ts';
import { FrameWatch } from './frame-watch.ts';
import type { VideoCap, ViewPriority } from './video-cap.ts';
import { ViewElements, type SharedPlayback } from './view-elements.ts';
import { timeView, type ViewMarks, type ViewSteps, type ViewTimer } from './view-timer.ts';
import { ViewUpdateSender } from './view-update-sender.ts';
import type { Detach, ViewedStream, ViewOptions } from './viewed-stream.ts';

/** The stream to view, and how to view it. */
export interface ViewControllerOptions extends ViewOptions {
  readonly streamId: string;
  readonly type: StreamType;
  /** Whether its publisher has muted the video. */
  readonly isVideoMuted: () => boolean;
  readonly onProblem: (error: ParleyError) => void;
}

/** State and callbacks that all views of a conference share. */
export interface SharedViewing extends SharedPlayback {
  readonly cap: VideoCap;
  readonly onTimed: (timing: ViewTiming) => void;
}

/** How long each step of one view took until its first frame. */
export interface ViewTiming extends ViewSteps {
  readonly streamId: string;
  readonly viewerId: string;
  /** The kind of the first frame: video, or the audio of a stream without video. */
  readonly kind: FirstFrame['kind'];
}

/** A view whose connection is negotiated. */
export interface OpenView {
  readonly viewerId: () => string;
  readonly peer: () => RTCPeerConnection;
  readonly mediaStream: MediaStream;
  readonly marks: ViewMarks;
  /** Requests a different video from the server. Rejects with a `ParleyError`. */
  readonly updateVideo: (video: ViewedVideo) => Promise<void>;
}

/** The part of a `ViewedStream` that does not concern its connection. */
type Controlled = Pick<
  ViewedStream,
  'attach' | 'firstFrame' | 'priority' | 'setAudioOutput' | 'setPriority' | 'setVideo' | 'setVolume' | 'video'
>;

/** Controls a view apart from its connection: where it is shown, which video it requests, and whether frames arrive. */
export class ViewController implements Controlled {
  readonly #options: ViewControllerOptions;
  readonly #shared: SharedViewing;
  readonly #first: ReturnType<typeof awaitFirstFrame>;
  readonly #adaptive: AdaptiveVideo | undefined;
  #elements: ViewElements | undefined;
  #sender: ViewUpdateSender | undefined;
  #frames: FrameWatch | undefined;
  #view: OpenView | undefined;
  #timer: ViewTimer | undefined;
  readonly #onClosed: () => void;
  #isClosed = false;

  constructor(options: ViewControllerOptions, shared: SharedViewing, onClosed: () => void) {
    const { type, adaptive = true, video, priority = 'normal', element, signal } = options;
    this.#options = options;
    this.#shared = shared;
    this.#onClosed = onClosed;
    this.#first = awaitFirstFrame(signal);
    const { needs, may } = kindsOf[type];
    if (![...needs, ...may].includes('video')) return;
    this.#adaptive = new AdaptiveVideo(
      {
        ...shared,
        priority,
        byHand: video ?? (adaptive ? undefined : {}),
        onDesired: (desired) => this.#sender?.request(desired),
      },
      element,
    );
  }

  get firstFrame(): Promise<FirstFrame> {
    return this.#first.promise;
  }

  get video(): ViewedVideo {
    return this.#adaptive?.desired ?? {};
  }

  get priority(): ViewPriority {
    return this.#adaptive?.priority ?? 'normal';
  }

  /** The view's connection, once there is one. */
  get peer(): RTCPeerConnection | undefined {
    return this.#view?.peer();
  }

  /** Why the video does not flow; undefined when it does. */
  get pause(): VideoPause | undefined {
    return this.#adaptive?.pause;
  }

  get elements(): ViewElements | undefined {
    return this.#elements;
  }

  /** Starts playing over a negotiated connection; `requested` is the video that the offer requested. */
  onConnected(view: OpenView, requested: ViewedVideo): void {
    if (this.#isClosed) return;
    const { streamId, element, onProblem } = this.#options;
    const sender = new ViewUpdateSender(view.updateVideo, requested);
    this.#view = view;
    this.#sender = sender;
    this.#elements = new ViewElements({
      streamId,
      mediaStream: view.mediaStream,
      shared: this.#shared,
      onProblem,
      onAttached: (attached) => this.#onAttached(attached),
    });
    this.#timer = timeView(view.peer(), view.marks);
    this.#frames = this.#watchFrames(view, sender, this.#timer);
    this.#adaptive?.start();
    sender.request(this.video);
    if (element) this.attach(element);
  }

  /** The connection negotiates a new path. */
  onNewPath(): void {
    this.#frames?.onNewPath();
  }

  /** The server answered a new offer, which requested `video`. */
  onOffered(video: ViewedVideo): void {
    this.#sender?.onOffered(video);
  }

  /** The app shows the stream itself. */
  take(): void {
    this.#adaptive?.take();
  }

  attach(element: HTMLMediaElement): Detach {
    return this.#opened().attach(element);
  }

  setVolume(volume: number): void {
    this.#opened().setVolume(volume);
  }

  async setAudioOutput(deviceId: string): Promise<void> {
    await this.#opened().setAudioOutput(deviceId);
  }

  setPriority(priority: ViewPriority): void {
    this.#opened();
    this.#adaptive?.setPriority(priority);
  }

  setVideo(video: ViewedVideo | undefined): void {
    this.#opened();
    this.#adaptive?.setByHand(video);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#sender?.close();
    this.#frames?.close();
    this.#timer?.stop();
    this.#adaptive?.close();
    this.#elements?.detachAll();
    this.#first.reject(new ViewClosedError(this.#options.streamId));
    this.#onClosed();
  }

  #opened(): ViewElements {
    if (this.#isClosed || !this.#elements) throw new ViewClosedError(this.#options.streamId);
    return this.#elements;
  }

  #onAttached(element: HTMLMediaElement): () => void {
    (element as Partial<HTMLVideoElement>).requestVideoFrameCallback?.(() => this.#frames?.onFrame());
    return this.#adaptive?.watch(element) ?? (() => {});
  }

  #watchFrames(
    { peer, mediaStream, viewerId }: OpenView,
    sender: ViewUpdateSender,
    timer: ViewTimer,
  ): FrameWatch {
    const { streamId, type, isVideoMuted, onProblem } = this.#options;
    const kind = mediaStream.getTracks().some((track) => track.kind === 'video') ? 'video' : 'audio';
    return new FrameWatch({
      kind,
      receiver: () =>
        peer()
          .getTransceivers()
          .find(({ receiver }) => receiver.track.kind === kind)?.receiver,
      isExpected: () => peer().connectionState === 'connected' && sender.isFlowing && !isVideoMuted(),
      mayBeStill: type === 'SCREEN',
      onFirst: () => {
        const steps = timer.finish();
        this.#first.resolve({ kind, elapsedMs: steps.totalMs });
        this.#shared.onTimed({ streamId, viewerId: viewerId(), kind, ...steps });
      },
      onStuck: (arePacketsArriving) => onProblem(new NoFramesError(streamId, viewerId(), arePacketsArriving)),
    });
  }
}
