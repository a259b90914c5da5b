import { createHash, timingSafeEqual } from 'node:crypto';
import { RefusalError } from '../refusal.ts';
import type { Role } from './rights.ts';

/** A program that may request tokens for itself. */
export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly roles: readonly Role[];
  /** Default `default`. */
  readonly organizationId?: string;
}

/** The public client of browsers and phones. Its secret is empty: it proves nothing, the ticket does (decision 39). */
export const CUSTOMER_CLIENT_ID = 'customer';

/** The clients that this server accepts. */
export class Clients {
  readonly #clients: ReadonlyMap<string, Client>;

  constructor(clients: readonly Client[]) {
    const customer: Client = { id: CUSTOMER_CLIENT_ID, secret: '', roles: [] };
    this.#clients = new Map([customer, ...clients].map((client) => [client.id, client]));
  }

  /** Whether a client has this id, `customer` included. */
  has(id: string): boolean {
    return this.#clients.has(id);
  }

  /**
   * The client with these credentials; refuses with `invalid_client` if there is none. Takes the same time in both
   * cases.
   */
  authenticate(id: string, secret: string): Client {
    const client = this.#clients.get(id);
    const isRight = isSameText(secret, client?.secret ?? 'nobody has this secret');
    if (!client || !isRight) {
      throw new RefusalError('invalid_client', 'The client id or secret is wrong. Check both.');
    }
    return client;
  }
}

function isSameText(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
