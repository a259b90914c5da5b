import { userKeyOf, type Actor } from '../../actor.ts';
import type { RateLimits } from '../../limits/rate-limits.ts';
import { RateLimiter, type SharedCounts } from './rate-limiter.ts';

/** Limits what the commands of one user may cause, beyond the number of calls. */
export interface UserBudgets {
  /**
   * Refuses with {@link RateLimitError} a user whose changes used up the bytes of this minute. A change is measured after
   * it happened, so one may exceed the limit.
   */
  readonly changes: {
    readonly require: (actor: Actor) => Promise<void>;
    readonly spend: (actor: Actor, bytes: number) => Promise<void>;
  };
  /** Counts messages and their bytes; refuses with {@link RateLimitError} a user who used up either. */
  readonly messages: {
    readonly take: (actor: Actor, count: number, bytes: number) => Promise<void>;
  };
  /** Counts one media connection being set up; refuses with {@link RateLimitError} above the limit. */
  readonly takeMediaSetup: (actor: Actor) => Promise<void>;
}

/** The budgets of all users, counted in this process's memory or with others. */
export function createUserBudgets(limits: RateLimits, sharedCounts?: SharedCounts): UserBudgets {
  const changes = new RateLimiter(limits, 'changedBytesPerUser', sharedCounts);
  const messages = new RateLimiter(limits, 'messagesPerUser', sharedCounts);
  const setups = new RateLimiter(limits, 'mediaSetupsPerUser', sharedCounts);
  return {
    changes: {
      require: (actor) => changes.require(userKeyOf(actor)),
      spend: (actor, bytes) => changes.spend(userKeyOf(actor), bytes),
    },
    messages: {
      take: async (actor, count, bytes) => {
        const key = userKeyOf(actor);
        await changes.require(key);
        await messages.take(key, count);
        await changes.spend(key, bytes);
      },
    },
    takeMediaSetup: (actor) => setups.take(userKeyOf(actor)),
  };
}
