import { PlaybackBlockedError } from '../errors/media-errors.ts';
import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import { AudioOutputError } from '../errors/viewing-errors.ts';
import { listen } from './listen.ts';

export interface AttachedElementOptions {
  readonly mediaStream: MediaStream;
  /** 0 to 1; undefined leaves the element's own. */
  readonly volume: number | undefined;
  /** The browser wants a click first. */
  readonly onBlocked: (error: PlaybackBlockedError) => void;
  /** It plays, by whatever means. */
  readonly onPlaying: () => void;
  readonly onDetached: () => void;
}

/** How often and after what pause an element is played again that the browser has paused. */
const attempts = 10;
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** Who has played for so long has recovered. */
const steadyMs = 10_000;

const attachments = new WeakMap<HTMLMediaElement, AttachedElement>();

/**
 * Shows and plays a stream in an element, again when the browser pauses it, until it is detached or another stream is
 * attached to the same element. Does not keep the element alive.
 */
export class AttachedElement {
  readonly #ref: WeakRef<HTMLMediaElement>;
  readonly #options: AttachedElementOptions;
  readonly #stopListening: readonly (() => void)[];
  readonly #shownBefore: MediaProvider | null;
  #failures = 0;
  #isDetached = false;
  #playingSinceMs = 0;
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
    // A refusal is told by `onBlocked`.
    this.play().catch(() => {});
  }

  /** Undefined once the app has given it up. */
  get element(): HTMLMediaElement | undefined {
    return this.#ref.deref();
  }

  get isDetached(): boolean {
    return this.#isDetached;
  }

  /** @throws PlaybackBlockedError (`ERR_PLAYBACK_BLOCKED`). */
  async play(): Promise<void> {
    const { element } = this;
    if (!element || this.isDetached) return;
    try {
      await element.play();
      this.#onPlaying();
    } catch (cause) {
      // Everything else means that the element was given something else to show, or was paused, meanwhile.
      if (!(cause instanceof Error && cause.name === 'NotAllowedError') || this.isDetached) return;
      const error = new PlaybackBlockedError(element, { cause });
      this.#options.onBlocked(error);
      throw error;
    }
  }

  /** Plays again what was paused while nobody looked. */
  wake(): void {
    this.#failures = 0;
    if (this.#isStoppedByBrowser()) this.play().catch(() => {});
  }

  setVolume(volume: number): void {
    if (this.element) this.element.volume = volume;
  }

  /** @throws UnsupportedBrowserError, AudioOutputError. */
  async setAudioOutput(deviceId: string): Promise<void> {
    const { element } = this;
    if (!element) return;
    if (typeof element.setSinkId !== 'function')
      throw new UnsupportedBrowserError('HTMLMediaElement.setSinkId');
    try {
      await element.setSinkId(deviceId);
    } catch (cause) {
      throw new AudioOutputError(deviceId, { cause });
    }
  }

  /** Gives the element back what it showed before, unless it shows something else by now. Again is fine. */
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
    this.#retryLater();
  }

  #retryLater(): void {
    clearTimeout(this.#timer);
    if (this.#failures >= attempts) return;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      if (!this.#isStoppedByBrowser()) return;
      // Out of the page it stays silent, and may come back.
      if (this.element?.isConnected === false) this.#retryLater();
      else this.play().catch(() => {});
    }, pauseMs);
  }

  /** With `controls` the user may pause it, and it stays paused. */
  #isStoppedByBrowser(): boolean {
    const { element } = this;
    if (!element?.paused || this.isDetached || element.controls) return false;
    return element.srcObject === this.#options.mediaStream;
  }
}
