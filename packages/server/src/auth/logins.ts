import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import { Tally } from '../limits/tally.ts';
import { RefusalError } from '../refusal.ts';
import type { Records } from '../storage/records.ts';
import type { Subject } from './subject.ts';

/** What {@link Logins} needs. */
export interface LoginsOptions {
  readonly clock: Clock;
  /** Lifetime of an unused refresh token, in milliseconds. */
  readonly unusedLifetimeMs: number;
  /** Lifetime of a login, however often it is renewed, in milliseconds. */
  readonly maxAgeMs: number;
  readonly limits: Limits;
  /** Where logins are stored, by id. */
  readonly records: Records<StoredLogin | FormerLogin>;
  /** Called when another node ended a login. */
  readonly onEndedElsewhere?: (id: string) => void;
  /** Receives the error when an expired login cannot be dropped. */
  readonly onError: (error: unknown) => void;
}

/** A login as stored. Refresh tokens are stored as hashes. */
export interface StoredLogin {
  readonly subject: Subject;
  /** The ticket that started it. */
  readonly ticketId?: string;
  /** The conference that it belongs to, among all that have its id; absent until that conference exists. */
  readonly conferenceInstance?: string;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
  /** Derives each refresh token from the one before it. */
  readonly secret: string;
  readonly currentHash: string;
  /** Former refresh tokens, newest last. */
  readonly spent: readonly { readonly hash: string; readonly atMs: number }[];
}

/** A login that an older server stored, by the hash of its refresh token. */
interface FormerLogin {
  readonly subject: Subject;
  readonly expiresAtMs: number;
}

/** A login and its id. */
export interface Login extends StoredLogin {
  readonly id: string;
}

interface Held {
  readonly login: Login;
  readonly stopTimer: () => void;
}

/**
 * For how long a spent refresh token still returns its successor: the answer may have been lost, and clients then repeat
 * the request. Twice as long as the SDK keeps trying.
 */
export const LOST_ANSWER_MS = 60_000;
/** A login renewed every 15 minutes spends fewer than 100 tokens in 24 hours. */
const maxSpent = 1_000;

/**
 * Logins that refresh tokens renew. Each refresh token works once, and only for the client that received it. A spent
 * token that appears again was probably stolen, so it ends the login (RFC 9700, 4.14.2).
 */
export class Logins {
  readonly #options: LoginsOptions;
  readonly #held = new Map<string, Held>();
  readonly #idOfHash = new Map<string, string>();
  readonly #byTicket = new Tally();
  /** Ended logins that are still stored: without another try, the next start would bring them back. */
  readonly #ending = new Map<string, Login>();

  constructor(options: LoginsOptions) {
    this.#options = options;
    for (const [id, stored] of options.records.entries()) {
      this.#hold({ id, ...('currentHash' in stored ? stored : upgraded(id, stored, options)) });
    }
    options.records.onChanged?.((id, stored) => {
      this.#drop(id);
      if (stored && 'currentHash' in stored) this.#hold({ id, ...stored });
      else options.onEndedElsewhere?.(id);
    });
  }

  /**
   * Starts a login and returns it with its first refresh token. Refuses with `limit_exceeded` when the ticket has too
   * many.
   */
  async start(
    subject: Subject,
    { ticketId, conferenceInstance }: Pick<StoredLogin, 'ticketId' | 'conferenceInstance'>,
  ): Promise<{ readonly login: Login; readonly token: string }> {
    const { clock, unusedLifetimeMs, maxAgeMs, limits } = this.#options;
    if (ticketId !== undefined) {
      requireWithin(limits, 'loginsPerTicket', this.#byTicket.of(ticketId) + 1);
    }
    const token = randomText();
    const startedAtMs = clock.now();
    const login: Login = {
      id: randomUUID(),
      subject,
      ...(ticketId !== undefined && { ticketId }),
      ...(conferenceInstance !== undefined && { conferenceInstance }),
      startedAtMs,
      expiresAtMs: startedAtMs + Math.min(unusedLifetimeMs, maxAgeMs),
      secret: randomText(),
      currentHash: hashOf(token),
      spent: [],
    };
    await this.#store(login);
    return { login, token };
  }

  get(id: string): Login | undefined {
    return this.#held.get(id)?.login;
  }

  /**
   * The login that a refresh token may renew; undefined if the token is unknown, expired, another client's or spent. A
   * token that was spent long ago also ends its login.
   */
  async find(token: string, clientId: string): Promise<Login | undefined> {
    const hash = hashOf(token);
    const login = this.get(this.#idOfHash.get(hash) ?? '');
    if (!login || login.subject.clientId !== clientId) return undefined;
    if (hash === login.currentHash) return login;
    const { atMs = -Infinity } = login.spent.find((spent) => spent.hash === hash) ?? {};
    if (this.#options.clock.now() - atMs > LOST_ANSWER_MS) {
      await this.end(login.id);
      return undefined;
    }
    // Only while its successor is unused: a client that has the successor has no reason to repeat this token.
    return login.spent.at(-1)?.hash === hash ? login : undefined;
  }

  /** The refresh token that follows `token`, which becomes spent. The same again when the answer was lost. */
  async renew({ id }: Login, token: string): Promise<string> {
    const { clock, unusedLifetimeMs, maxAgeMs } = this.#options;
    const login = this.#require(id);
    const next = createHmac('sha256', login.secret).update(token).digest('base64url');
    const hash = hashOf(token);
    if (hash !== login.currentHash) return next;
    const nowMs = clock.now();
    await this.#store({
      ...login,
      currentHash: hashOf(next),
      spent: [...login.spent, { hash, atMs: nowMs }].slice(-maxSpent),
      expiresAtMs: Math.min(nowMs + unusedLifetimeMs, login.startedAtMs + maxAgeMs),
    });
    return next;
  }

  /** Ties a login to the conference that its holder entered, unless it is tied to one already. */
  async bind(id: string, conferenceInstance: string): Promise<void> {
    const login = this.get(id);
    if (login && login.conferenceInstance === undefined) await this.#store({ ...login, conferenceInstance });
  }

  /** Ends the login: its refresh tokens and access tokens stop working, even if it cannot be deleted now. */
  async end(id: string): Promise<void> {
    const login = this.get(id) ?? this.#ending.get(id);
    if (!login) return;
    this.#drop(id);
    this.#ending.set(id, login);
    await this.#options.records.delete(id);
    this.#ending.delete(id);
  }

  /** Deletes ended logins that could not be deleted. */
  async dropEnded(): Promise<void> {
    for (const id of this.#ending.keys()) await this.end(id);
  }

  /** Ends all logins that `isEnding` selects, and returns them; also those that could not be deleted before. */
  async endWhere(isEnding: (login: Login) => boolean): Promise<readonly Login[]> {
    const ending = [...this.all(), ...this.#ending.values()].filter(isEnding);
    await Promise.all(ending.map(({ id }) => this.end(id)));
    return ending;
  }

  /** All logins. */
  all(): readonly Login[] {
    return [...this.#held.values()].map(({ login }) => login);
  }

  /** How many logins exist. */
  get count(): number {
    return this.#held.size;
  }

  /** Stops all timers; for shutdown. */
  close(): void {
    for (const { stopTimer } of this.#held.values()) stopTimer();
    this.#held.clear();
  }

  #require(id: string): Login {
    const login = this.get(id);
    if (!login) throw new RefusalError('invalid_grant', 'The login has ended. Log in again.');
    return login;
  }

  async #store(login: Login): Promise<void> {
    this.#drop(login.id);
    this.#hold(login);
    const { id, ...stored } = login;
    await this.#options.records.put(id, stored);
  }

  #drop(id: string): void {
    const held = this.#held.get(id);
    if (!held) return;
    held.stopTimer();
    this.#held.delete(id);
    for (const hash of hashesOf(held.login)) this.#idOfHash.delete(hash);
    this.#count(held.login, -1);
  }

  #count({ ticketId }: Login, change: 1 | -1): void {
    if (ticketId !== undefined) this.#byTicket.change(ticketId, change);
  }

  #hold(login: Login): void {
    const { clock, onError } = this.#options;
    const stopTimer = clock.setTimer(
      () => {
        // A long timer may fire early.
        if (clock.now() < login.expiresAtMs) {
          this.#drop(login.id);
          this.#hold(login);
        } else {
          this.end(login.id).catch(onError);
        }
      },
      Math.max(0, login.expiresAtMs - clock.now()),
    );
    this.#held.set(login.id, { login, stopTimer });
    for (const hash of hashesOf(login)) this.#idOfHash.set(hash, login.id);
    this.#count(login, 1);
  }
}

function hashesOf({ currentHash, spent }: Login): readonly string[] {
  return [currentHash, ...spent.map(({ hash }) => hash)];
}

function upgraded(hash: string, former: FormerLogin, { clock }: LoginsOptions): StoredLogin {
  const secret = randomText();
  return { ...former, startedAtMs: clock.now(), secret, currentHash: hash, spent: [] };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** 256 bits that nobody can guess. */
function randomText(): string {
  return randomBytes(32).toString('base64url');
}
