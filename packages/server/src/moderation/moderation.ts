import type {
  ConferenceState,
  MuteParticipantCommand,
  RemoveParticipantCommand,
  UpdateAdmissionCommand,
  UpdatePermissionsCommand,
} from '@parley-rtc/contract';
import { userKeyOf, type Actor } from '../actor.ts';
import type { Standings } from '../admission/standings.ts';
import type { Clock } from '../clock.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { muteParticipant } from '../conferences/moderating/mute-participant.ts';
import { removeParticipant, requireMayRemove } from '../conferences/moderating/remove-participant.ts';
import { updateAdmission } from '../conferences/moderating/update-admission.ts';
import { changedPermissions, updatePermissions } from '../conferences/moderating/update-permissions.ts';
import { isDoorClosed } from '../conferences/rules/require-entry.ts';
import type { UserEndpoints } from '../endpoints/user-endpoints.ts';
import { RefusalError } from '../refusal.ts';
import type { Records } from '../storage/records.ts';
import { Turns } from './turns.ts';
import { Visitors, type Visitor } from './visitors.ts';

/** The user who has an endpoint, and the login of its newest request. */
type Owner = NonNullable<ReturnType<UserEndpoints['ownerOf']>>;

/** What {@link Moderation} needs. */
export interface ModerationOptions {
  readonly conferences: Conferences;
  readonly endpoints: Pick<UserEndpoints, 'ownerOf'>;
  readonly standings: Standings;
  /** Where nodes share who was inside. Default: nowhere. */
  readonly visitors?: Records<Visitor>;
  readonly clock: Clock;
  /** Ends a login, whose tokens then no longer work. */
  readonly endLogin: (loginId: string) => Promise<void>;
  /** Refuses further logins with the tickets of a user: those of its logins, and this one. */
  readonly disableTickets: (userKey: string, ticketId: string | undefined) => Promise<void>;
  /** The ticket that started a login. */
  readonly ticketOf: (loginId: string) => string | undefined;
  /** Ends all logins of a user. */
  readonly endLoginsOf: (userKey: string) => Promise<void>;
  /** Called when some who are not inside may read no more. */
  readonly onClosed: (state: ConferenceState) => void;
  /** Receives errors that no caller waits for. */
  readonly onError: (error: unknown) => void;
}

/**
 * How long the token of a removed participant still works. It permits nothing inside, but a client whose poll was between two
 * requests reads with it why it was removed.
 */
export const FAREWELL_MS = 10_000;

/** What moderators do to other participants and to the door. Every decision is recorded before it takes effect. */
export class Moderation {
  readonly #options: ModerationOptions;
  readonly #timers = new Set<() => void>();
  /** One decision at a time in a conference: what is recorded before an event must fit the event. */
  readonly #turns = new Turns();
  readonly #visitors: Visitors;
  readonly #stopFollowing: () => void;

  constructor(options: ModerationOptions) {
    this.#options = options;
    this.#visitors = new Visitors(options.visitors, options.onError);
    this.#stopFollowing = options.conferences.onEvents((events) => {
      for (const { type, conferenceId } of events) {
        if (type === 'ConferenceEndedEvent') this.#visitors.forget(conferenceId);
      }
    });
  }

  /** Notes who joined. Behind a closed door, they may return later, for example after a lost connection. */
  async entered({ id: conferenceId }: ConferenceState, endpointId: string, actor: Actor): Promise<void> {
    const { conferences, standings, ticketOf } = this.#options;
    const { loginId } = actor;
    const userKey = userKeyOf(actor);
    const ticketId = loginId === undefined ? undefined : ticketOf(loginId);
    const now = await conferences.find(conferenceId);
    // Until now, the conference may have ended, or a moderator may have removed the endpoint.
    if (!now?.participants.some(({ id }) => id === endpointId)) return;
    this.#visitors.enter(conferenceId, endpointId, { userKey, loginId, ticketId });
    if (isDoorClosed(now)) await standings.letReturn(conferenceId, [userKey]);
  }

  /**
   * Removes a participant with all endpoints of its login, and keeps endpoint and login out; with `ban`, also its user and
   * tickets. Repeating it changes nothing. Refuses with `forbidden`, or with `not_found` an endpoint that nobody knows.
   */
  remove(command: RemoveParticipantCommand, actor: Actor): Promise<void> {
    return this.#turns.take(command.conferenceId, () => this.#remove(command, actor));
  }

  /** Mutes a participant's streams. The media follow the events. */
  async mute(command: MuteParticipantCommand, actor: Actor): Promise<void> {
    await this.#options.conferences.perform(command.conferenceId, actor, (state, context) =>
      muteParticipant(state, command, context),
    );
  }

  /** Changes what a participant may do, and all other endpoints of its user. */
  setPermissions(command: UpdatePermissionsCommand, actor: Actor): Promise<void> {
    return this.#turns.take(command.conferenceId, () => this.#setPermissions(command, actor));
  }

  /** Locks or unlocks the conference, and opens or closes its waiting room. Who is inside may always come back. */
  setAdmission(command: UpdateAdmissionCommand, actor: Actor): Promise<void> {
    return this.#turns.take(command.conferenceId, () => this.#setAdmission(command, actor));
  }

  /** Stops all timers, and following the conferences; for shutdown. */
  close(): void {
    this.#stopFollowing();
    for (const stop of this.#timers) stop();
    this.#timers.clear();
  }

  async #remove(command: RemoveParticipantCommand, actor: Actor): Promise<void> {
    const { conferences, standings, disableTickets, onClosed } = this.#options;
    const { conferenceId, participantId, reason, ban = false } = command;
    await conferences.rehearse(conferenceId, actor, (state, context) => {
      requireMayRemove(state, command, context);
      return [];
    });
    const state = await conferences.get(conferenceId, actor);
    const isInside = state.participants.some(({ id }) => id === participantId);
    const owner = this.#ownerOf(state, participantId);
    if (ban ? !owner : !isInside) {
      if (!ban && standings.isRemoved(conferenceId, participantId)) return;
      throw notInside();
    }
    const isOwn = owner?.userKey === userKeyOf(actor);
    if (isOwn && ban) {
      throw new RefusalError(
        'invalid_request',
        'You cannot ban yourself. Remove your other endpoint without a ban.',
      );
    }
    const removal = reason === undefined ? {} : { reason };
    // A moderator's own login goes on when another endpoint of theirs is removed.
    const removed = isOwn ? undefined : owner;
    await standings.remove(conferenceId, participantId, removal, removed);
    if (ban && removed) {
      await standings.ban(conferenceId, removed.userKey);
      await disableTickets(removed.userKey, this.#visitors.find(conferenceId, participantId)?.ticketId);
    }
    let hasLeft = false;
    const after = await conferences.perform(conferenceId, actor, (now, context) => {
      // Of now: until the ban was stored, more of its endpoints may have joined.
      const others = removed ? this.#othersOf(now, removed, ban) : [];
      const events = removeParticipant(now, command, [...new Set([participantId, ...others])], context);
      hasLeft = events.length > 0;
      return events;
    });
    // A push or poll of somebody inside ends by itself, with the event that says why.
    if (!hasLeft) onClosed(after);
    if (owner && !isOwn) this.#endLoginLater(owner, ban);
  }

  async #setPermissions(command: UpdatePermissionsCommand, actor: Actor): Promise<void> {
    const { conferences, standings } = this.#options;
    const { conferenceId, participantId } = command;
    let wanted: ReturnType<typeof changedPermissions> | undefined;
    await conferences.rehearse(conferenceId, actor, (state, context) => {
      wanted = changedPermissions(state, command, context);
      return [];
    });
    const permissions = wanted;
    if (!permissions) return;
    const userKey = this.#ownerOf(await conferences.get(conferenceId, actor), participantId)?.userKey;
    if (userKey !== undefined) await standings.setPermissions(conferenceId, userKey, permissions);
    await conferences.perform(conferenceId, actor, (state, context) => {
      const others = userKey === undefined ? [] : this.#endpointsOf(state, userKey);
      return updatePermissions(
        state,
        command,
        permissions,
        [...new Set([participantId, ...others])],
        context,
      );
    });
  }

  async #setAdmission(command: UpdateAdmissionCommand, actor: Actor): Promise<void> {
    const { conferences, onClosed } = this.#options;
    const { conferenceId } = command;
    const isClosing = command.locked === true || command.lobby === true;
    if (isClosing) await this.#letInsideReturn(await conferences.get(conferenceId, actor));
    const state = await conferences.perform(conferenceId, actor, (now, context) =>
      updateAdmission(now, command, context),
    );
    if (!isClosing) return;
    // Again for those who joined meanwhile.
    await this.#letInsideReturn(state);
    onClosed(state);
  }

  async #letInsideReturn(state: ConferenceState): Promise<void> {
    const keys = state.participants.flatMap(({ id }) => this.#ownerOf(state, id)?.userKey ?? []);
    await this.#options.standings.letReturn(state.id, [...new Set(keys)]);
  }

  /** The owner of an endpoint. Of one that has left, it is the one who was inside, whoever registered that id since. */
  #ownerOf(state: ConferenceState, id: string): Owner | undefined {
    const { id: conferenceId, organizationId = '', participants } = state;
    const registered = this.#options.endpoints.ownerOf({ id, organizationId });
    const visitor = this.#visitors.find(conferenceId, id);
    const isInside = participants.some((participant) => participant.id === id);
    return isInside ? (registered ?? visitor) : (visitor ?? registered);
  }

  /** The endpoints that leave with one of this owner: of a banned user all, and else those of its login, which ends. */
  #othersOf(state: ConferenceState, { userKey, loginId }: Owner, ban: boolean): readonly string[] {
    const ofUser = this.#endpointsOf(state, userKey);
    if (ban || loginId === undefined) return ban ? ofUser : [];
    return ofUser.filter((id) => this.#ownerOf(state, id)?.loginId === loginId);
  }

  #endpointsOf(state: ConferenceState, userKey: string): readonly string[] {
    const ids = state.participants.map(({ id }) => id);
    return ids.filter((id) => this.#ownerOf(state, id)?.userKey === userKey);
  }

  #endLoginLater(owner: Owner, ban: boolean): void {
    const { clock, endLogin, endLoginsOf, onError } = this.#options;
    const stop = clock.setTimer(() => {
      this.#timers.delete(stop);
      if (owner.loginId !== undefined) endLogin(owner.loginId).catch(onError);
      if (ban) endLoginsOf(owner.userKey).catch(onError);
    }, FAREWELL_MS);
    this.#timers.add(stop);
  }
}

function notInside(): RefusalError {
  return new RefusalError('not_found', 'This participant is not in the conference (any more).');
}
