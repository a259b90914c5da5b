import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimits } from '../limits/rate-limits.ts';
import { RateLimitError } from './rate-limit-error.ts';

const windows: Readonly<Record<keyof RateLimits, { readonly seconds: number; readonly what: string }>> = {
  callsPerUser: { seconds: 60, what: 'calls of one user in a minute' },
  callsPerAddress: { seconds: 60, what: 'calls from one address in a minute' },
  loginsPerAddress: { seconds: 60, what: 'requests for tokens and tickets from one address in a minute' },
  failedLoginsPerAddress: { seconds: 15 * 60, what: 'failed logins from one address in 15 minutes' },
};

/** One rate limit, counted in the memory of this process. */
export class RateLimiter {
  readonly #counts: RateLimiterMemory;
  readonly #what: string;

  constructor(limits: RateLimits, name: keyof RateLimits) {
    const { seconds, what } = windows[name];
    this.#counts = new RateLimiterMemory({ points: limits[name], duration: seconds });
    this.#what = `${limits[name]} ${what} (${name})`;
  }

  /** Counts one call for `key`. @throws {@link RateLimitError} when it is one too many. */
  async take(key: string): Promise<void> {
    try {
      await this.#counts.consume(key);
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      const seconds = Math.max(1, Math.ceil(reason.msBeforeNext / 1000));
      throw new RateLimitError(
        `The limit is ${this.#what}. Wait ${seconds} seconds, as Retry-After says, and try again.`,
        seconds,
      );
    }
  }

  /** Gives back what one call took. */
  async giveBack(key: string): Promise<void> {
    await this.#counts.reward(key);
  }
}
