import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RateLimits } from '../../limits/rate-limits.ts';
import { RefusalError } from '../../refusal.ts';

/** The others count failures, which `LoginGuard` does. */
type Rate = Exclude<keyof RateLimits, 'failedLoginsPerAddress' | 'ticketGuessesPerAddress'>;

const windows: Readonly<Record<Rate, { readonly seconds: number; readonly what: string }>> = {
  callsPerUser: { seconds: 60, what: 'calls per user and minute' },
  callsPerAddress: { seconds: 60, what: 'calls per address and minute' },
  loginsPerAddress: { seconds: 60, what: 'logins per address, credential and minute' },
  changedBytesPerUser: { seconds: 60, what: 'bytes of changes per user and minute' },
  messagesPerUser: { seconds: 60, what: 'messages per user and minute' },
  mediaSetupsPerUser: { seconds: 60, what: 'streams and views set up per user and minute' },
};

/** The caller exceeded a rate limit. */
export class RateLimitError extends RefusalError {
  /** How long to wait before the next call, in whole seconds. */
  readonly retryAfterSeconds: number;
  /** `limit` says how many of what are allowed, and names the setting. */
  constructor(limit: string, retryAfterSeconds: number) {
    super(
      'too_many_requests',
      `The limit is ${limit}. Wait ${retryAfterSeconds} seconds (Retry-After), then try again.`,
    );
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Creates counts that several processes share. */
export type SharedCounts = (options: {
  readonly points: number;
  readonly duration: number;
  readonly keyPrefix: string;
}) => RateLimiterAbstract;

/** One rate limit, counted in this process's memory or with others. */
export class RateLimiter {
  readonly #counts: RateLimiterAbstract;
  readonly #what: string;
  readonly #windowSeconds: number;
  readonly #points: number;

  constructor(limits: RateLimits, name: Rate, sharedCounts?: SharedCounts) {
    const { seconds, what } = windows[name];
    const options = { points: limits[name], duration: seconds, keyPrefix: name };
    this.#counts = sharedCounts?.(options) ?? new RateLimiterMemory(options);
    this.#windowSeconds = seconds;
    this.#points = limits[name];
    this.#what = `${limits[name]} ${what} (${name})`;
  }

  /**
   * Counts calls for `key`.
   * @throws {@link RateLimitError} when that exceeds the limit
   */
  async take(key: string, count = 1): Promise<void> {
    try {
      await this.#counts.consume(key, count);
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      throw this.#refusalOf(reason);
    }
  }

  /**
   * Refuses a `key` that used up the limit.
   * @throws {@link RateLimitError}
   */
  async require(key: string): Promise<void> {
    const used = await this.#counts.get(key);
    if (used && used.consumedPoints >= this.#points) throw this.#refusalOf(used);
  }

  /** Counts what `key` used, even beyond the limit. */
  async spend(key: string, points: number): Promise<void> {
    await this.#counts.penalty(key, points);
  }

  #refusalOf({ msBeforeNext }: RateLimiterRes): RateLimitError {
    // The library reads the time of day, which may have been set back.
    const seconds = Math.min(this.#windowSeconds, Math.max(1, Math.ceil(msBeforeNext / 1000)));
    return new RateLimitError(this.#what, seconds);
  }
}
