import type { TokenRequest } from '@parley-rtc/contract';
import type { Channel } from '../../event-log/sharing.ts';
import type { RateLimits } from '../../limits/rate-limits.ts';
import { RefusalError, type RefusalCode } from '../../refusal.ts';
import { FailureCounts } from './failure-counts.ts';
import { RateLimiter, RateLimitError, type SharedCounts } from './rate-limiter.ts';

/** Codes of a wrong ticket, refresh token or client secret. */
const failures: ReadonlySet<RefusalCode> = new Set(['invalid_grant', 'invalid_client']);
const windowMs = 15 * 60_000;
/** About 10 MB. */
const maxAddresses = 100_000;
/** Codes of nine characters cannot be guessed: docs/server/limits.md has the arithmetic. */
const unguessableLength = 9;

/** What connects the guards of several nodes. */
export interface SharedGuard {
  readonly counts: SharedCounts;
  /** The addresses of failed logins. */
  readonly failures: Channel<string>;
}

/**
 * Limits the logins of an address. A credential is checked first, and a correct one is not refused because of wrong ones
 * from the same address: an office, a carrier or an untrusted proxy is one address. Short tickets are the exception,
 * because checking them first would let anyone guess them.
 */
export class LoginGuard {
  readonly #limits: RateLimits;
  readonly #failures: FailureCounts;
  readonly #logins: RateLimiter;

  readonly #nodes: Channel<string> | undefined;

  /** `now` returns the milliseconds of a monotonic clock. `shared` connects nodes that serve the same logins. */
  constructor(limits: RateLimits, now: () => number, shared?: SharedGuard) {
    this.#limits = limits;
    this.#failures = new FailureCounts({ windowMs, maxKeys: maxAddresses, now });
    this.#logins = new RateLimiter(limits, 'loginsPerAddress', shared?.counts);
    this.#nodes = shared?.failures;
    this.#nodes?.onMessage((address, _place, isOwn) => {
      if (!isOwn) this.#failures.add(address);
    });
  }

  /** Counts a login or a new ticket, by the address and the credential that allows it. */
  async admit(address: string, credential: string): Promise<void> {
    await this.#logins.take(JSON.stringify([address, credential]));
  }

  /**
   * Runs a login and counts its failure.
   * @throws RateLimitError instead of the login's own error after too many failures
   */
  async logIn<Result>(
    address: string,
    request: TokenRequest,
    run: (admit: (credential: string) => Promise<void>) => Promise<Result>,
  ): Promise<Result> {
    const { failedLoginsPerAddress, ticketGuessesPerAddress } = this.#limits;
    if (isGuessable(request) && this.#failures.of(address) >= ticketGuessesPerAddress) {
      throw this.#tooMany(
        address,
        `${ticketGuessesPerAddress} wrong tickets per address and 15 minutes (ticketGuessesPerAddress)`,
      );
    }
    try {
      return await run((credential) => this.admit(address, credential));
    } catch (error) {
      // Nobody guesses 256 bits, and clients that lost their login try their refresh token again.
      const isFailure = error instanceof RefusalError && failures.has(error.code);
      if (!isFailure || request.grant_type === 'refresh_token') throw error;
      this.#nodes?.publish(address);
      if (this.#failures.add(address) <= failedLoginsPerAddress) throw error;
      throw this.#tooMany(
        address,
        `${failedLoginsPerAddress} failed logins per address and 15 minutes (failedLoginsPerAddress)`,
      );
    }
  }

  #tooMany(address: string, limit: string): RateLimitError {
    return new RateLimitError(limit, Math.ceil(this.#failures.remainingMs(address) / 1000));
  }
}

function isGuessable({ grant_type: grantType, ticket, username }: TokenRequest): boolean {
  return grantType === 'password' && (ticket ?? username ?? '').trim().length < unguessableLength;
}
