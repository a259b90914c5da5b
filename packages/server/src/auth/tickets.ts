import { randomInt } from 'node:crypto';
import type { CreateTicketCommand, Ticket } from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { RefusalError } from '../refusal.ts';
import type { Records } from '../storage/records.ts';

/** Easy to read aloud and to type: no letter or digit looks like another. */
const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const defaultLength = 6;
const defaultTtlSeconds = 4 * 60 * 60;

/** What {@link Tickets} needs. */
export interface TicketsOptions {
  readonly clock: Clock;
  /** Where tickets are stored, by code. */
  readonly records: Records<StoredTicket>;
  /** Whether a user id is a client's, which no ticket may carry. */
  readonly isClientId: (userId: string) => boolean;
  /** How long an expired ticket can still be read, in milliseconds. */
  readonly expiredRetentionMs: number;
}

/** A ticket as stored. */
export type StoredTicket = Omit<Required<Ticket>, 'expired'>;

/**
 * Short codes with which a guest logs in and enters one conference. They work any number of times until they expire or
 * are revoked.
 */
export class Tickets {
  readonly #options: TicketsOptions;
  readonly #tickets: Map<string, StoredTicket>;

  constructor(options: TicketsOptions) {
    this.#options = options;
    this.#tickets = new Map(options.records.entries());
    options.records.onChanged?.((code, ticket) => {
      if (ticket) this.#tickets.set(code, ticket);
      else this.#tickets.delete(code);
    });
  }

  /** Creates a ticket for `properties.conference_id`; the conference need not exist yet. */
  async create(command: CreateTicketCommand, actor: Actor): Promise<Required<Ticket>> {
    requireStaff(actor);
    if (command.properties?.conference_id === undefined) {
      throw new RefusalError(
        'invalid_request',
        'properties.conference_id is missing. Add the id of the conference to open.',
      );
    }
    const { customer_id: userId } = command.properties;
    if (userId !== undefined && this.#options.isClientId(userId)) {
      throw new RefusalError(
        'invalid_request',
        "properties.customer_id is a client's id. Choose another user id, such as one with a prefix.",
      );
    }
    const nowMs = this.#options.clock.now();
    const ticket: StoredTicket = {
      id: this.#newCode(command.length ?? defaultLength),
      type: command.type,
      createdAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + (command.ttl ?? defaultTtlSeconds) * 1000).toISOString(),
      disabled: false,
      revoked: false,
      organizationId: actor.organizationId,
      userId: actor.userId,
      properties: command.properties,
      version: 0,
    };
    await this.#store(ticket);
    return this.#describe(ticket);
  }

  /** A ticket of the actor's organization. */
  read(code: string, actor: Actor): Required<Ticket> {
    return this.#describe(this.#requireOf(code, actor));
  }

  /** Makes a ticket of the actor's organization useless for good, and returns its id. Repeating it changes nothing. */
  async revoke(code: string, actor: Actor): Promise<string> {
    const ticket = this.#requireOf(code, actor);
    // Stored again when repeated: a full disk may have kept the first time from the disk, but not from memory.
    await this.#store(ticket.revoked ? ticket : { ...ticket, revoked: true, version: ticket.version + 1 });
    return ticket.id;
  }

  /** Refuses further logins with a ticket whose holder was banned. Does nothing for a ticket that is gone. */
  async disable(id: string): Promise<void> {
    const ticket = this.#tickets.get(id);
    if (!ticket) return;
    await this.#store(ticket.disabled ? ticket : { ...ticket, disabled: true, version: ticket.version + 1 });
  }

  /** Whether the holder of the ticket with this code was banned. */
  isDisabled(code: string): boolean {
    return this.#tickets.get(normalise(code))?.disabled ?? false;
  }

  /** The ticket with this code, if it is valid now. */
  find(code: string): Required<Ticket> | undefined {
    const ticket = this.#tickets.get(normalise(code));
    if (!ticket || ticket.revoked || ticket.disabled || this.#isExpired(ticket)) return undefined;
    return this.#describe(ticket);
  }

  /** Drops tickets whose retention after expiry has passed. */
  async dropExpired(): Promise<void> {
    const { clock, expiredRetentionMs, records } = this.#options;
    const oldestMs = clock.now() - expiredRetentionMs;
    for (const [code, { expiresAt }] of this.#tickets) {
      if (Date.parse(expiresAt) > oldestMs) continue;
      this.#tickets.delete(code);
      await records.delete(code);
    }
  }

  #requireOf(code: string, actor: Actor): StoredTicket {
    requireStaff(actor);
    const ticket = this.#tickets.get(normalise(code));
    if (ticket?.organizationId === actor.organizationId) return ticket;
    throw new RefusalError('not_found', 'Your organization has no such ticket. Check its code.');
  }

  async #store(ticket: StoredTicket): Promise<void> {
    this.#tickets.set(ticket.id, ticket);
    await this.#options.records.put(ticket.id, ticket);
  }

  #describe(ticket: StoredTicket): Required<Ticket> {
    return { ...ticket, expired: this.#isExpired(ticket) };
  }

  #isExpired(ticket: StoredTicket): boolean {
    return Date.parse(ticket.expiresAt) <= this.#options.clock.now();
  }

  #newCode(length: number): string {
    for (;;) {
      const code = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
      if (!this.#tickets.has(code)) return code;
    }
  }
}

function requireStaff(actor: Actor): void {
  if (!actor.rights.has('manage-tickets')) {
    throw new RefusalError(
      'forbidden',
      "The token's role may not manage tickets. Use a token with a role that may.",
    );
  }
}

/** People type lower case and add spaces. */
function normalise(code: string): string {
  return code.trim().toUpperCase();
}
