import { createHash, timingSafeEqual } from 'node:crypto';
import { RefusalError } from '../refusal.ts';
import type { Role } from './rights.ts';

/** A program that may ask for tokens of its own. */
export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly roles: readonly Role[];
  /** Default `default`. */
  readonly organizationId?: string;
}

/** The public client of browsers and phones. Its secret is empty: it proves nothing, the ticket does (decision 39). */
export const CUSTOMER_CLIENT_ID = 'customer';

/** The clients this server knows. */
export class Clients {
  readonly #clients: ReadonlyMap<string, Client>;

  constructor(clients: readonly Client[]) {
    const customer: Client = { id: CUSTOMER_CLIENT_ID, secret: '', roles: [] };
    this.#clients = new Map([customer, ...clients].map((client) => [client.id, client]));
  }

  /** The client with these credentials; refused with `invalid_client` when there is none. Takes equally long anyway. */
  authenticate(id: string, secret: string): Client {
    const client = this.#clients.get(id);
    const isRight = isSameText(secret, client?.secret ?? 'nobody has this secret');
    if (!client || !isRight) {
      throw new RefusalError(
        'invalid_client',
        'The client id or its secret is wrong. Check the credentials.',
      );
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
