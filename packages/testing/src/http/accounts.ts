import type { TokenResponse } from '@parley-rtc/contract';

/** Who sends a request. */
export interface FakeUser {
  readonly userId: string;
  readonly name?: string | undefined;
  /** The one conference that the user may join; undefined for users of all. */
  readonly conferenceId?: string | undefined;
  readonly isService?: boolean | undefined;
  /** The ticket with which the user logged in. */
  readonly ticketId?: string | undefined;
}

/** What a ticket gives. Without a user id, each login is a user of its own. */
export interface FakeTicket {
  readonly id: string;
  readonly conferenceId: string;
  readonly userId?: string | undefined;
  /** As its creator sent it. */
  readonly command?: object;
}

const lifetimeS = 3600;

/** The users, tickets and tokens of the fake server. */
export class Accounts {
  readonly #tickets = new Map<string, FakeTicket>();
  readonly #tokens = new Map<string, FakeUser>();
  readonly #clients = new Map<string, string>();
  readonly #revoked = new Set<string>();
  #issued = 0;

  addTicket(ticket: FakeTicket): void {
    this.#tickets.set(ticket.id, ticket);
  }

  /** Ends a ticket and all of its logins. */
  revokeTicket(id: string): void {
    this.#revoked.add(id);
    for (const [token, { ticketId }] of this.#tokens) if (ticketId === id) this.#tokens.delete(token);
  }

  isRevoked(id: string): boolean {
    return this.#revoked.has(id);
  }

  ticket(id: string): FakeTicket | undefined {
    return this.#tickets.get(id);
  }

  /** Adds a client that may do everything, as a back end may. */
  addClient(id: string, secret: string): void {
    this.#clients.set(id, secret);
  }

  /** The user of an access token; undefined for a token that was not issued here. */
  userOf(token: string): FakeUser | undefined {
    return this.#tokens.get(token);
  }

  /** Invalidates all tokens of a user. */
  revoke(userId: string): void {
    for (const [token, user] of this.#tokens) if (user.userId === userId) this.#tokens.delete(token);
  }

  /** Issues a token for a user. It looks like a JWT, without a signature. */
  issue(user: FakeUser): string {
    this.#issued += 1;
    const issuedAtS = Math.floor(Date.now() / 1000);
    const claims = {
      sub: user.userId,
      jti: String(this.#issued),
      iat: issuedAtS,
      exp: issuedAtS + lifetimeS,
      ...(user.conferenceId !== undefined && { conference_id: user.conferenceId }),
    };
    const token = [{ alg: 'none' }, claims].map(encode).join('.');
    this.#tokens.set(`${token}.`, user);
    return `${token}.`;
  }

  /** Logs a user in. */
  login(user: FakeUser): TokenResponse {
    const token = this.issue(user);
    return {
      access_token: token,
      token_type: 'bearer',
      expires_in: lifetimeS,
      refresh_token: token,
      sub: user.userId,
      ...(user.conferenceId !== undefined && { conference_id: user.conferenceId }),
    };
  }

  /** Who logs in: with a ticket, a client's secret or a refresh token; undefined for credentials that are not known. */
  userBy(form: URLSearchParams): FakeUser | undefined {
    const grant = form.get('grant_type');
    if (grant === 'refresh_token') return this.#tokens.get(form.get('refresh_token') ?? '');
    if (grant === 'password') return this.#holderOf(form.get('ticket') || form.get('username') || '');
    const id = form.get('client_id') ?? '';
    const isKnown = grant === 'client_credentials' && this.#clients.get(id) === form.get('client_secret');
    return isKnown && this.#clients.has(id) ? { userId: id, isService: true } : undefined;
  }

  #holderOf(ticketId: string): FakeUser | undefined {
    const ticket = this.#tickets.get(ticketId);
    if (!ticket || this.#revoked.has(ticketId)) return undefined;
    this.#issued += 1;
    const { conferenceId, userId = `guest-${ticketId}-${this.#issued}` } = ticket;
    return { userId, conferenceId, ticketId };
  }
}

function encode(part: object): string {
  const bytes = new TextEncoder().encode(JSON.stringify(part));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
