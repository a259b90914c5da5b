import type { ViewedVideo } from '@parley-rtc/contract';
import type { FirstFrame } from '../viewing/first-frame.ts';
import type { ViewPriority } from '../viewing/video-cap.ts';

export interface ViewOptions {
  /** Notes about the view for the server; text only. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Gives up before the view is there; later it only ends the wait for `firstFrame`. */
  readonly signal?: AbortSignal;
  /** Attached as soon as the view is there; the server hears from the start how large it is. */
  readonly element?: HTMLMediaElement;
  /**
   * Whether the video follows the elements that show it: paused while none of them is visible, and no larger than the
   * largest of them. Default true. With false it always flows, at the best quality that the link carries.
   */
  readonly adaptive?: boolean;
  /** What to receive of the video, chosen by hand: nothing adapts then. */
  readonly video?: ViewedVideo;
  /** Who goes first when more videos are wanted than `setMaxVideos` allows. Default `normal`. */
  readonly priority?: ViewPriority;
}

/** Ends an attachment; a `Disposable`, for `using`. Calling it again is fine. */
export type Detach = (() => void) & Disposable;

/**
 * A stream of somebody else, being received. Closes by itself when the stream is unpublished; after that every method
 * but `stop` throws or rejects with `ViewClosedError` (`ERR_VIEW_CLOSED`).
 *
 * Its video flows while it is viewed: while an attached element is visible, or, without elements, once the app has
 * taken `mediaStream`. A view of which neither happens is paused after a second. Sound always flows.
 */
export interface ViewedStream extends AsyncDisposable {
  readonly streamId: string;
  /** Tells apart several views of one stream. */
  readonly viewerId: string;
  /**
   * What is received, to show or record it by own means. Reading it tells that you do: without an attached element the
   * video then flows in full. With elements these decide; see `adaptive` for a video that is to flow regardless.
   */
  readonly mediaStream: MediaStream;
  /** State of the connection that carries it; `closed` once it is stopped. */
  readonly connectionState: RTCPeerConnectionState;
  /** What the server is asked to send of the video at present. */
  readonly video: ViewedVideo;
  readonly priority: ViewPriority;
  /**
   * Resolves with the first decoded picture, or the first sound of a stream without video. Rejects with
   * `ViewClosedError` when the view closes first, or `AbortedError` when the `signal` of `viewStream` aborts.
   */
  readonly firstFrame: Promise<FirstFrame>;
  /**
   * Shows and plays the stream in `element` until the returned function is called, the view stops, or the element is
   * attached to another view; then the element shows again what it showed before. Several elements are fine; the same
   * one again is the same attachment. When the browser pauses the element it is played again, up to 10 times, unless
   * it has `controls`.
   */
  attach(element: HTMLMediaElement): Detach;
  /** Volume of all attached elements, now and later, from 0 to 1. @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`). */
  setVolume(volume: number): void;
  /**
   * Plays all attached elements, now and later, through an audio output; `''` is the system's.
   *
   * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) without `setSinkId`; AudioOutputError
   * (`ERR_AUDIO_OUTPUT`) when the browser refuses, and everything plays where it did.
   */
  setAudioOutput(deviceId: string): Promise<void>;
  setPriority(priority: ViewPriority): void;
  /** Chooses by hand what to receive of the video; undefined lets it follow the elements (again). */
  setVideo(video: ViewedVideo | undefined): void;
  /** Stops receiving. Calling it again is fine. Never rejects. */
  stop(): Promise<void>;
}
