import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Subject } from './access-tokens.ts';

interface Session {
  readonly subject: Subject;
  readonly stopTimer: () => void;
}

/** Refresh tokens: each works once and only for the client it was given to. Kept as hashes. */
export class RefreshTokens {
  readonly #clock: Clock;
  readonly #lifetimeMs: number;
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock, lifetimeMs: number) {
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
  }

  /** A token that renews the login of `subject`. */
  issue(subject: Subject): string {
    const token = randomBytes(32).toString('base64url');
    const hash = hashOf(token);
    const stopTimer = this.#clock.setTimer(() => this.#sessions.delete(hash), this.#lifetimeMs);
    this.#sessions.set(hash, { subject, stopTimer });
    return token;
  }

  /** Whose login the token renews, once; undefined when it is unknown, used, expired or another client's. */
  redeem(token: string, clientId: string): Subject | undefined {
    const hash = hashOf(token);
    const session = this.#sessions.get(hash);
    if (session?.subject.clientId !== clientId) return undefined;
    session.stopTimer();
    this.#sessions.delete(hash);
    return session.subject;
  }

  /** Forgets all tokens. */
  close(): void {
    for (const { stopTimer } of this.#sessions.values()) stopTimer();
    this.#sessions.clear();
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
