import { HttpError } from '@parley-rtc/client';
import type { ViewedVideo } from '@parley-rtc/contract';
import { isSameWish } from './video-wish.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

/**
 * Tells the server what a view wants of its video: one call at a time, of several wishes the last, again after a
 * failure that may pass. A server that refuses, as one that does not know the call, is not asked again.
 */
export class WishSender {
  readonly #send: (wish: ViewedVideo) => Promise<void>;
  #known: ViewedVideo;
  #wanted: ViewedVideo;
  #isBusy = false;
  #isOver = false;
  #endPause: (() => void) | undefined;

  /** `known` is what the server has heard with the request for the view. `send` rejects with a `ParleyError`. */
  constructor(send: (wish: ViewedVideo) => Promise<void>, known: ViewedVideo) {
    this.#send = send;
    this.#known = known;
    this.#wanted = known;
  }

  /** Whether the server sends video, as far as we know. */
  get isFlowing(): boolean {
    return !this.#known.isPaused;
  }

  want(wish: ViewedVideo): void {
    this.#wanted = wish;
    void this.#work();
  }

  close(): void {
    this.#isOver = true;
    this.#endPause?.();
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    let failures = 0;
    while (!this.#isOver && !isSameWish(this.#known, this.#wanted)) {
      const wish = this.#wanted;
      try {
        await this.#send(wish);
        this.#known = wish;
        failures = 0;
      } catch (error) {
        if (error instanceof HttpError && !error.retryable) {
          this.#isOver = true;
          this.#known = {};
        } else {
          await this.#pause(Math.min(firstPauseMs * 2 ** failures, longestPauseMs));
          failures += 1;
        }
      }
    }
    this.#isBusy = false;
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
