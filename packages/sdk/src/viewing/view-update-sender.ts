import { HttpError, InvalidRequestError } from '@parley-rtc/client';
import type { ViewedVideo } from '@parley-rtc/contract';
import { backoffMs } from '../waiting/backoff.ts';
import { isRefused } from '../waiting/is-refused.ts';
import { pause } from '../waiting/pause.ts';
import {
  firstViewUpdateBackoffMs,
  longestViewUpdateBackoffMs,
  refusedViewUpdateMs,
} from '../waiting/recovery-policy.ts';
import { retry } from '../waiting/retry.ts';
import { isSameVideo } from './desired-video.ts';

/**
 * Requests the desired video of a view from the server, one call at a time; of several pending updates it sends only the
 * last. Retries after temporary failures. Pauses for a minute when the server refuses, for example because it does not know
 * the call. An update that the server finds invalid is not sent again, and does not hold up the next one.
 */
export class ViewUpdateSender {
  readonly #send: (desired: ViewedVideo) => Promise<void>;
  #known: ViewedVideo;
  #requested: ViewedVideo;
  #isBusy = false;
  /** Whether the server has accepted an update, so that it knows the call. */
  #isSupported = false;
  /** The last update that the server found invalid. */
  #invalid: ViewedVideo | undefined;
  /** Earliest time to ask again after a refusal, in milliseconds since the epoch. */
  #askFromMs = 0;
  readonly #closing = new AbortController();

  /** `known` is the video that the offer requested. `send` rejects with a `ParleyError`. */
  constructor(send: (desired: ViewedVideo) => Promise<void>, known: ViewedVideo) {
    this.#send = send;
    this.#known = known;
    this.#requested = known;
  }

  /** Whether the server sends video, as far as we know. */
  get isFlowing(): boolean {
    return !this.#known.isPaused;
  }

  /** A new offer requested `video`; the server may support updates now. */
  onOffered(video: ViewedVideo): void {
    this.#known = video;
    this.#askFromMs = 0;
    this.#invalid = undefined;
    void this.#work();
  }

  request(desired: ViewedVideo): void {
    this.#requested = desired;
    void this.#work();
  }

  close(): void {
    this.#closing.abort();
  }

  get #isDue(): boolean {
    if (this.#closing.signal.aborted || Date.now() < this.#askFromMs) return false;
    if (this.#invalid && isSameVideo(this.#invalid, this.#requested)) return false;
    return !isSameVideo(this.#known, this.#requested);
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.#isDue) {
        await retry(() => this.#sendRequested(), {
          signal: this.#closing.signal,
          budgetMs: Infinity,
          isFinal: (error) => this.#isFinal(error),
          pauseMs: (failure) => backoffMs(failure, firstViewUpdateBackoffMs, longestViewUpdateBackoffMs),
        });
      }
    } catch {
      this.#askFromMs = Date.now() + refusedViewUpdateMs;
      // A server that does not know the call sends the full video, and is asked again only for another video.
      if (this.#isSupported) void this.#workLater();
      else this.#known = {};
    }
    this.#isBusy = false;
  }

  async #workLater(): Promise<void> {
    await pause(refusedViewUpdateMs, this.#closing.signal);
    await this.#work();
  }

  /** A server that knows the call answers 404 only while it restarts, or is about to end the view. */
  #isFinal(error: unknown): boolean {
    const isUnknown = error instanceof HttpError && error.status === 404;
    return isUnknown ? !this.#isSupported : isRefused(error);
  }

  async #sendRequested(): Promise<void> {
    const desired = this.#requested;
    if (!this.#isDue) return;
    try {
      await this.#send(desired);
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      this.#invalid = desired;
      return;
    }
    this.#isSupported = true;
    this.#known = desired;
  }
}
