import type { ViewedVideo } from '@parley-rtc/contract';
import type { FirstFrame } from './first-frame.ts';
import type { ViewPriority } from './video-cap.ts';

export interface ViewOptions {
  /** Metadata about the view, for the server. Values are text. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Aborts `viewStream`. Once the view is open, it only rejects `firstFrame`. */
  readonly signal?: AbortSignal;
  /** Element to attach as soon as the view is open. The first request then already uses its size. */
  readonly element?: HTMLMediaElement;
  /**
   * Whether the video adapts to its elements: it pauses while none is visible, and is no larger than the largest of them.
   * Default true. With false it always flows, at the best quality that the network carries.
   */
  readonly adaptive?: boolean;
  /** The video to receive, chosen by hand. Turns adapting off. */
  readonly video?: ViewedVideo;
  /** Priority when more videos are visible than `setMaxVideos` allows. Default `normal`. */
  readonly priority?: ViewPriority;
}

/** Detaches the element. It is a `Disposable`, so `using` works. Calling it again is fine. */
export type Detach = (() => void) & Disposable;

/**
 * A view of another participant's stream. It closes when the stream is unpublished; after that, every method except `stop`
 * throws or rejects with `ViewClosedError` (`ERR_VIEW_CLOSED`).
 *
 * The video flows while an attached element is visible or, without elements, once the app has read `mediaStream`. Otherwise
 * it pauses after a second. Audio always flows.
 */
export interface ViewedStream extends AsyncDisposable {
  readonly streamId: string;
  /** The view's id, which distinguishes several views of one stream. */
  readonly viewerId: string;
  /**
   * The received tracks, to show or record them yourself. After you read it, the full video flows while no element is
   * attached. Once elements are attached, they decide; set `adaptive` to false for a video that always flows. The stream
   * stays the same. Its tracks are exchanged when the media recover over a new connection, as always in Firefox.
   */
  readonly mediaStream: MediaStream;
  /** State of the view's connection; `closed` once it is stopped. */
  readonly connectionState: RTCPeerConnectionState;
  /** The video that the view currently requests from the server. */
  readonly video: ViewedVideo;
  readonly priority: ViewPriority;
  /**
   * Resolves with the first decoded video frame, or the first audio of a stream without video. Rejects with
   * `ViewClosedError` when the view closes first, or `AbortedError` when the `signal` of `viewStream` aborts.
   */
  readonly firstFrame: Promise<FirstFrame>;
  /**
   * Shows and plays the stream in `element` until you call the returned function, the view stops, or the element is attached
   * to another view; then the element shows its previous content again. You can attach several elements; attaching one
   * again returns the same attachment. If the browser pauses an element, it is played again up to 10 times, unless it has
   * `controls`.
   */
  attach(element: HTMLMediaElement): Detach;
  /**
   * Sets the volume of all attached elements, now and later, from 0 to 1.
   *
   * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for any other volume.
   */
  setVolume(volume: number): void;
  /**
   * Plays all attached elements, now and later, through an audio output; `''` is the system's default.
   *
   * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) without `setSinkId`; AudioOutputError
   * (`ERR_AUDIO_OUTPUT`) when the browser refuses; the previous output then stays in use.
   */
  setAudioOutput(deviceId: string): Promise<void>;
  setPriority(priority: ViewPriority): void;
  /** Chooses the video to receive by hand. With undefined, the video adapts to its elements again. */
  setVideo(video: ViewedVideo | undefined): void;
  /** Stops receiving. Calling it again is fine. Never rejects. */
  stop(): Promise<void>;
}
