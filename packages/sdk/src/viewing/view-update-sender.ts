import { HttpError } from '@parley-rtc/client';
import type { ViewedVideo } from '@parley-rtc/contract';
import { backoffMs } from '../waiting/backoff.ts';
import { isRefused } from '../waiting/is-refused.ts';
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
 * the call.
 */
export class ViewUpdateSender {
  readonly #send: (desired: ViewedVideo) => Promise<void>;
  #known: ViewedVideo;
  #requested: ViewedVideo;
  #isBusy = false;
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
          isFinal: (error) => isRefused(error) || (error instanceof HttpError && error.status === 404),
          pauseMs: (failure) => backoffMs(failure, firstViewUpdateBackoffMs, longestViewUpdateBackoffMs),
        });
      }
    } catch {
      // A server that refuses updates sends the full video.
      this.#known = {};
      this.#askFromMs = Date.now() + refusedViewUpdateMs;
    }
    this.#isBusy = false;
  }

  async #sendRequested(): Promise<void> {
    const desired = this.#requested;
    if (!this.#isDue) return;
    await this.#send(desired);
    this.#known = desired;
  }
}
