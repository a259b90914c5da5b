import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Records } from '../storage/records.ts';
import type { Subject } from './access-tokens.ts';

/** What {@link RefreshTokens} needs. */
export interface RefreshTokensOptions {
  readonly clock: Clock;
  /** Life of a token that is not used, in milliseconds. */
  readonly lifetimeMs: number;
  /** Where logins are kept, by the hash of their token. */
  readonly records: Records<StoredLogin>;
  /** Told when an expired login could not be dropped. */
  readonly onError: (error: unknown) => void;
}

/** A login as it is kept. */
export interface StoredLogin {
  readonly subject: Subject;
  readonly expiresAtMs: number;
}

interface Login extends StoredLogin {
  readonly stopTimer: () => void;
}

/** Refresh tokens: each works once and only for the client it was given to. Kept as hashes. */
export class RefreshTokens {
  readonly #options: RefreshTokensOptions;
  readonly #logins = new Map<string, Login>();

  constructor(options: RefreshTokensOptions) {
    this.#options = options;
    for (const [hash, login] of options.records.entries()) this.#keep(hash, login);
  }

  /** A token that renews the login of `subject`. */
  async issue(subject: Subject): Promise<string> {
    const { clock, lifetimeMs, records } = this.#options;
    const token = randomBytes(32).toString('base64url');
    const hash = hashOf(token);
    const login = { subject, expiresAtMs: clock.now() + lifetimeMs };
    this.#keep(hash, login);
    await records.put(hash, login);
    return token;
  }

  /** Whose login the token renews, once; undefined when it is unknown, used, expired or another client's. */
  async redeem(token: string, clientId: string): Promise<Subject | undefined> {
    const hash = hashOf(token);
    const login = this.#logins.get(hash);
    if (login?.subject.clientId !== clientId) return undefined;
    login.stopTimer();
    this.#logins.delete(hash);
    await this.#options.records.delete(hash);
    return login.subject;
  }

  /** Stops watching; for the end of the server. */
  close(): void {
    for (const { stopTimer } of this.#logins.values()) stopTimer();
    this.#logins.clear();
  }

  #keep(hash: string, { subject, expiresAtMs }: StoredLogin): void {
    const { clock, onError, records } = this.#options;
    const stopTimer = clock.setTimer(
      () => {
        // Timers may come early when they are long.
        if (clock.now() < expiresAtMs) {
          this.#keep(hash, { subject, expiresAtMs });
          return;
        }
        this.#logins.delete(hash);
        records.delete(hash).catch(onError);
      },
      Math.max(0, expiresAtMs - clock.now()),
    );
    this.#logins.set(hash, { subject, expiresAtMs, stopTimer });
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
