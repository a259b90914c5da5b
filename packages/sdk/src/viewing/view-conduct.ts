import type { ParleyError } from '@parley-rtc/client';
import type { StreamType, ViewedVideo } from '@parley-rtc/contract';
import { NoFramesError, ViewClosedError } from '../errors/viewing-errors.ts';
import { kindsOf } from '../media/stream-kinds.ts';
import type { Detach, ViewedStream, ViewOptions } from '../media/viewed-stream.ts';
import { AdaptiveVideo } from './adaptive-video.ts';
import { awaitFirstFrame, type FirstFrame } from './first-frame.ts';
import { FrameWatch } from './frame-watch.ts';
import type { Screen } from './screen.ts';
import type { VideoCap, ViewPriority } from './video-cap.ts';
import type { VideoPause } from './video-wish.ts';
import { type SharedPlayback, ViewElements } from './view-elements.ts';
import { timeView, type ViewMarks, type ViewSteps, type ViewTimer } from './view-timer.ts';
import { WishSender } from './wish-sender.ts';

/** What is viewed, and how the app wants it. */
export interface ConductOptions extends ViewOptions {
  readonly streamId: string;
  readonly type: StreamType;
  /** Whether its publisher has muted the video. */
  readonly isVideoMuted: () => boolean;
  readonly onProblem: (error: ParleyError) => void;
}

/** What the views of a conference have in common. */
export interface SharedViewing extends SharedPlayback {
  readonly screen: Screen;
  readonly cap: VideoCap;
  readonly onTimed: (timing: ViewTiming) => void;
}

/** The way of one view to its first frame. */
export interface ViewTiming extends ViewSteps {
  readonly streamId: string;
  readonly viewerId: string;
  /** What came first: a picture, or the sound of a stream without. */
  readonly kind: FirstFrame['kind'];
}

/** A view that has its connection. */
export interface OpenView {
  readonly viewerId: () => string;
  readonly peer: () => RTCPeerConnection;
  readonly mediaStream: MediaStream;
  readonly marks: ViewMarks;
  /** Tells the server what the view wants. Rejects with a `ParleyError`. */
  readonly update: (video: ViewedVideo) => Promise<void>;
}

/** The part of a `ViewedStream` that is not about its connection. */
type Conducted = Pick<
  ViewedStream,
  'attach' | 'firstFrame' | 'priority' | 'setAudioOutput' | 'setPriority' | 'setVideo' | 'setVolume' | 'video'
>;

/** All about a view beside its connection: where it is shown, what of it flows, and whether it does. */
export class ViewConduct implements Conducted {
  readonly #options: ConductOptions;
  readonly #shared: SharedViewing;
  readonly #first: ReturnType<typeof awaitFirstFrame>;
  readonly #adaptive: AdaptiveVideo | undefined;
  #elements: ViewElements | undefined;
  #sender: WishSender | undefined;
  #frames: FrameWatch | undefined;
  #view: OpenView | undefined;
  #timer: ViewTimer | undefined;
  readonly #onClosed: () => void;
  #isClosed = false;

  constructor(options: ConductOptions, shared: SharedViewing, onClosed: () => void) {
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
        onWish: (wish) => this.#sender?.want(wish),
      },
      element,
    );
  }

  get firstFrame(): Promise<FirstFrame> {
    return this.#first.promise;
  }

  get video(): ViewedVideo {
    return this.#adaptive?.wish ?? {};
  }

  get priority(): ViewPriority {
    return this.#adaptive?.priority ?? 'normal';
  }

  /** Its connection, once that is there. */
  get peer(): RTCPeerConnection | undefined {
    return this.#view?.peer();
  }

  /** Why its video does not flow; undefined when it does. */
  get pause(): VideoPause | undefined {
    return this.#adaptive?.pause;
  }

  get elements(): ViewElements | undefined {
    return this.#elements;
  }

  /** The connection is there; `told` is what the server has heard with the request. */
  open(view: OpenView, told: ViewedVideo): void {
    if (this.#isClosed) return;
    const { streamId, element, onProblem } = this.#options;
    const sender = new WishSender(view.update, told);
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
    sender.want(this.video);
    if (element) this.attach(element);
  }

  /** The connection looks for a new path. */
  onNewPath(): void {
    this.#frames?.onNewPath();
  }

  /** The app shows the stream by its own means. */
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

  #watchFrames({ peer, mediaStream, viewerId }: OpenView, sender: WishSender, timer: ViewTimer): FrameWatch {
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
