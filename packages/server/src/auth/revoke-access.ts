import { userKeyOf, type Actor } from '../actor.ts';
import { RefusalError } from '../refusal.ts';
import type { Logins } from './logins.ts';
import type { Revocations } from './revocations.ts';
import { realmOf, type Subject } from './subject.ts';
import type { Tickets } from './tickets.ts';

/** What {@link RevokeAccess} needs. */
export interface RevokeAccessOptions {
  readonly tickets: Tickets;
  readonly logins: Logins;
  readonly revocations: Revocations;
  readonly isClientId: (userId: string) => boolean;
}

/** Ends logins before they expire. Each operation returns the keys of the users who lost a login. */
export class RevokeAccess {
  readonly #options: RevokeAccessOptions;

  constructor(options: RevokeAccessOptions) {
    this.#options = options;
  }

  /** Revokes a ticket and every login that it started. Refuses with `not_found` or `forbidden`. */
  async ticket(code: string, actor: Actor): Promise<readonly string[]> {
    const { tickets, logins } = this.#options;
    const revokedId = await tickets.revoke(code, actor);
    const ended = await logins.endWhere(({ ticketId }) => ticketId === revokedId);
    return ended.map(({ subject }) => keyOf(subject));
  }

  /**
   * Revokes every login of a user of the actor's organization, whether by ticket or identity provider. Refuses with
   * `forbidden` for a client.
   */
  async user(userId: string, actor: Actor): Promise<readonly string[]> {
    const { logins, revocations, isClientId } = this.#options;
    const { organizationId } = actor;
    if (!actor.rights.has('manage-tickets')) {
      throw new RefusalError(
        'forbidden',
        "The token's role may not revoke users. Use a token with a role that may.",
      );
    }
    if (isClientId(userId)) {
      throw new RefusalError(
        'forbidden',
        'A client cannot be revoked. Change its secret in the configuration.',
      );
    }
    const user = { organizationId, userId, realm: 'external' } as const;
    await revocations.add(user);
    await logins.endWhere(
      ({ subject }) => subject.organizationId === organizationId && subject.userId === userId,
    );
    return [userKeyOf(user), userKeyOf({ ...user, realm: 'ticket' })];
  }

  /** Refuses further logins with the tickets of a user's logins, and with `ticketId`, whose login may have ended. */
  async disableTickets(userKey: string, ticketId?: string): Promise<void> {
    const { tickets, logins } = this.#options;
    const ids = logins
      .all()
      .flatMap(({ subject, ticketId }) => (keyOf(subject) === userKey ? (ticketId ?? []) : []));
    for (const id of new Set([...ids, ...(ticketId === undefined ? [] : [ticketId])]))
      await tickets.disable(id);
  }

  /** Ends all logins of a user. */
  async endLoginsOf(userKey: string): Promise<void> {
    await this.#options.logins.endWhere(({ subject }) => keyOf(subject) === userKey);
  }
}

function keyOf(subject: Subject): string {
  return userKeyOf({ ...subject, realm: realmOf(subject) });
}
