import type { RateLimiter } from './rate-limiter.ts';

interface UnderWay {
  count: number;
  waiting: (() => void)[];
}

/**
 * Limits failed logins. One is taken before it is known to fail and given back when it succeeds, so that many guesses at
 * the same time count in full. Whoever comes while the rest is only taken by logins under way waits for these: a class
 * that comes in at once, from one address, has guessed nothing.
 */
export class FailedLogins {
  readonly #limiter: RateLimiter;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(limiter: RateLimiter) {
    this.#limiter = limiter;
  }

  /** A login of `key` begins; `end` must follow. @throws RateLimitError after too many that have failed. */
  async begin(key: string): Promise<void> {
    for (;;) {
      const underWayBefore = this.#underWay.get(key);
      try {
        await this.#limiter.take(key);
        break;
      } catch (error) {
        // What is refused counts as well, but has failed at nothing.
        await this.#limiter.giveBack(key);
        const underWay = this.#underWay.get(key);
        if (underWay) await new Promise<void>((resolve) => underWay.waiting.push(resolve));
        else if (!underWayBefore) throw error;
      }
    }
    const underWay = this.#underWay.get(key) ?? { count: 0, waiting: [] };
    underWay.count += 1;
    this.#underWay.set(key, underWay);
  }

  async end(key: string, hasSucceeded: boolean): Promise<void> {
    if (hasSucceeded) await this.#limiter.giveBack(key);
    const underWay = this.#underWay.get(key);
    if (!underWay) return;
    underWay.count -= 1;
    if (underWay.count === 0) this.#underWay.delete(key);
    for (const wake of underWay.waiting.splice(0)) wake();
  }
}
