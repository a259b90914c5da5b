import { randomInt } from 'node:crypto';
import type { CreateTicketCommand, Ticket } from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import { RefusalError } from '../refusal.ts';
import type { Records } from '../storage/records.ts';

/** Easy to read out and to type: no letter or digit that looks like another. */
const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const defaultLength = 6;
const defaultTtlSeconds = 4 * 60 * 60;

/** What {@link Tickets} needs. */
export interface TicketsOptions {
  readonly clock: Clock;
  /** Where tickets are kept, by their code. */
  readonly records: Records<StoredTicket>;
  /** How long an expired ticket can still be read, in milliseconds. */
  readonly expiredRetentionMs: number;
}

/** A ticket as it is kept. */
export type StoredTicket = Omit<Required<Ticket>, 'expired'>;

/** Short codes that let a guest log in and enter one conference. They work any number of times until they expire. */
export class Tickets {
  readonly #options: TicketsOptions;
  readonly #tickets: Map<string, StoredTicket>;

  constructor(options: TicketsOptions) {
    this.#options = options;
    this.#tickets = new Map(options.records.entries());
  }

  /** Makes a ticket for `properties.conference_id`, which need not exist yet. */
  async create(command: CreateTicketCommand, actor: Actor): Promise<Required<Ticket>> {
    requireStaff(actor);
    if (command.properties?.conference_id === undefined) {
      throw new RefusalError(
        'invalid_request',
        'properties.conference_id is missing: name the conference to open.',
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
    this.#tickets.set(ticket.id, ticket);
    await this.#options.records.put(ticket.id, ticket);
    return this.#describe(ticket);
  }

  /** A ticket of the actor's organisation. */
  read(code: string, actor: Actor): Required<Ticket> {
    requireStaff(actor);
    const ticket = this.#tickets.get(normalise(code));
    if (ticket?.organizationId !== actor.organizationId) {
      throw new RefusalError('not_found', 'There is no such ticket in your organisation.');
    }
    return this.#describe(ticket);
  }

  /** The ticket with this code, if it can be used now. */
  find(code: string): Required<Ticket> | undefined {
    const ticket = this.#tickets.get(normalise(code));
    if (!ticket || this.#isExpired(ticket)) return undefined;
    return this.#describe(ticket);
  }

  /** Drops the tickets that expired too long ago to be asked for. */
  async dropExpired(): Promise<void> {
    const { clock, expiredRetentionMs, records } = this.#options;
    const oldestMs = clock.now() - expiredRetentionMs;
    for (const [code, { expiresAt }] of this.#tickets) {
      if (Date.parse(expiresAt) > oldestMs) continue;
      this.#tickets.delete(code);
      await records.delete(code);
    }
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
    throw new RefusalError('forbidden', 'The role of this token does not permit you to work with tickets.');
  }
}

/** People type in lower case and with blanks around. */
function normalise(code: string): string {
  return code.trim().toUpperCase();
}
