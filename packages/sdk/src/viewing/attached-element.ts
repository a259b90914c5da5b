import { moveToOutput } from '../audio-output.ts';
import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import { PlaybackBlockedError } from '../errors/media-errors.ts';
import { listen } from './listen.ts';

export interface AttachedElementOptions {
  readonly mediaStream: MediaStream;
  /** 0 to 1; undefined keeps the element's own. */
  readonly volume: number | undefined;
  /** The browser requires a click first. */
  readonly onBlocked: (error: PlaybackBlockedError) => void;
  /** The element plays, whatever started it. */
  readonly onPlaying: () => void;
  readonly onDetached: () => void;
}

/** How often, and after what delay, to play an element again that the browser paused. */
const attempts = 10;
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** An element that has played for this long has recovered. */
const steadyMs = 10_000;

const attachments = new WeakMap<HTMLMediaElement, AttachedElement>();

/**
 * Shows and plays a stream in an element until it is detached or another stream is attached to the same element. Plays it
 * again when the browser pauses it. Does not keep the element alive.
 */
export class AttachedElement {
  readonly #ref: WeakRef<HTMLMediaElement>;
  readonly #options: AttachedElementOptions;
  readonly #stopListening: readonly (() => void)[];
  readonly #shownBefore: MediaProvider | null;
  #requestedOutput: string | undefined;
  #failures = 0;
  #isDetached = false;
  /** `Infinity` while it is paused. */
  #playingSinceMs = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(element: HTMLMediaElement, options: AttachedElementOptions) {
    attachments.get(element)?.detach();
    attachments.set(element, this);
    this.#ref = new WeakRef(element);
    this.#options = options;
    this.#shownBefore = element.srcObject ?? null;
    this.#stopListening = [
      listen(element, ['playing'], () => this.#onPlaying()),
      listen(element, ['pause'], () => this.#onPause()),
    ];
    element.srcObject = options.mediaStream;
    if (options.volume !== undefined) element.volume = options.volume;
    // `onBlocked` reports a refusal.
    this.play().catch(() => {});
  }

  /** Undefined once the app has dropped it. */
  get element(): HTMLMediaElement | undefined {
    return this.#ref.deref();
  }

  get isDetached(): boolean {
    return this.#isDetached;
  }

  /** The output that it was last asked to use, even if it refused. */
  get requestedOutput(): string | undefined {
    return this.#requestedOutput;
  }

  /** @throws PlaybackBlockedError (`ERR_PLAYBACK_BLOCKED`). */
  async play(): Promise<void> {
    const { element } = this;
    if (!element || this.isDetached) return;
    try {
      await element.play();
      this.#onPlaying();
    } catch (cause) {
      // Any other error means that the element was paused, or got another source.
      if (!(cause instanceof Error && cause.name === 'NotAllowedError') || this.isDetached) return;
      const error = new PlaybackBlockedError(element, { cause });
      this.#options.onBlocked(error);
      throw error;
    }
  }

  /** Plays an element again that was paused while the page was hidden. */
  wake(): void {
    this.#failures = 0;
    if (this.#isStoppedByBrowser()) this.play().catch(() => {});
  }

  setVolume(volume: number): void {
    if (this.element) this.element.volume = volume;
  }

  /** @throws UnsupportedBrowserError, AudioOutputError. */
  async setAudioOutput(deviceId: string): Promise<void> {
    this.#requestedOutput = deviceId;
    const { element } = this;
    if (!element) return;
    if (typeof element.setSinkId !== 'function')
      throw new UnsupportedBrowserError('HTMLMediaElement.setSinkId');
    await moveToOutput(element, deviceId, 'setAudioOutput');
  }

  /** Restores what the element showed before, unless it shows something else by now. Calling it again is fine. */
  detach(): void {
    if (this.isDetached) return;
    this.#isDetached = true;
    for (const stop of this.#stopListening) stop();
    clearTimeout(this.#timer);
    const { element } = this;
    if (element) {
      if (attachments.get(element) === this) attachments.delete(element);
      if (element.srcObject === this.#options.mediaStream) element.srcObject = this.#shownBefore;
    }
    this.#options.onDetached();
  }

  #onPlaying(): void {
    if (this.isDetached) return;
    this.#playingSinceMs = Date.now();
    this.#options.onPlaying();
  }

  #onPause(): void {
    if (Date.now() - this.#playingSinceMs > steadyMs) this.#failures = 0;
    this.#playingSinceMs = Infinity;
    this.#retryLater();
  }

  #retryLater(): void {
    clearTimeout(this.#timer);
    if (this.#failures >= attempts) return;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      if (!this.#isStoppedByBrowser()) return;
      // Outside the document the element stays paused, but it may return.
      if (this.element?.isConnected === false) this.#retryLater();
      else this.play().catch(() => {});
    }, pauseMs);
  }

  /** With `controls` the user may have paused it, so it stays paused. */
  #isStoppedByBrowser(): boolean {
    const { element } = this;
    if (!element?.paused || this.isDetached || element.controls) return false;
    return element.srcObject === this.#options.mediaStream;
  }
}
