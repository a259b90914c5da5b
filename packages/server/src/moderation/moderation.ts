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
import type { UserEndpoints } from '../endpoints/user-endpoints.ts';
import { RefusalError } from '../refusal.ts';

/** What {@link Moderation} needs. */
export interface ModerationOptions {
  readonly conferences: Conferences;
  readonly endpoints: Pick<UserEndpoints, 'ownerOf'>;
  readonly standings: Standings;
  readonly clock: Clock;
  /** Ends a login, whose tokens then no longer work. */
  readonly endLogin: (loginId: string) => Promise<void>;
  /** Refuses further logins with the tickets of a user. */
  readonly disableTicketsOf: (userKey: string) => Promise<void>;
  /** Ends all logins of a user. */
  readonly endLoginsOf: (userKey: string) => Promise<void>;
  /** Called when the door was closed for some. */
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

  constructor(options: ModerationOptions) {
    this.#options = options;
  }

  /**
   * Removes a participant and keeps its endpoint and login out; with `ban`, also its user and tickets. Repeating it changes
   * nothing. Refuses with `forbidden`, or with `not_found` an endpoint that nobody knows.
   */
  async remove(command: RemoveParticipantCommand, actor: Actor): Promise<void> {
    const { conferences, standings, disableTicketsOf } = this.#options;
    const { conferenceId, participantId, reason, ban = false } = command;
    await conferences.rehearse(conferenceId, actor, (state, context) => {
      requireMayRemove(state, command, context);
      return [];
    });
    const state = await conferences.get(conferenceId, actor);
    const isInside = state.participants.some(({ id }) => id === participantId);
    const owner = this.#ownerOf(state, participantId);
    if (!isInside && !(ban && owner)) {
      if (standings.isRemoved(conferenceId, participantId)) return;
      throw new RefusalError('not_found', 'This participant is not in the conference (any more).');
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
    await standings.remove(conferenceId, participantId, removal, isOwn ? undefined : owner);
    if (ban && owner) {
      await standings.ban(conferenceId, owner.userKey);
      await disableTicketsOf(owner.userKey);
    }
    const removed = ban && owner ? this.#endpointsOf(state, owner.userKey) : [];
    await conferences.perform(conferenceId, actor, (now, context) =>
      removeParticipant(
        now,
        command,
        [participantId, ...removed.filter((id) => id !== participantId)],
        context,
      ),
    );
    if (owner && !isOwn) this.#endLoginLater(owner, ban);
  }

  /** Mutes a participant's streams. The media follow the events. */
  async mute(command: MuteParticipantCommand, actor: Actor): Promise<void> {
    await this.#options.conferences.perform(command.conferenceId, actor, (state, context) =>
      muteParticipant(state, command, context),
    );
  }

  /** Changes what a participant may do, and all other endpoints of its user. */
  async setPermissions(command: UpdatePermissionsCommand, actor: Actor): Promise<void> {
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

  /** Locks or unlocks the conference, and opens or closes its waiting room. Who is inside may always come back. */
  async setAdmission(command: UpdateAdmissionCommand, actor: Actor): Promise<void> {
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

  /** Stops all timers; for shutdown. */
  close(): void {
    for (const stop of this.#timers) stop();
    this.#timers.clear();
  }

  async #letInsideReturn(state: ConferenceState): Promise<void> {
    const keys = state.participants.flatMap(({ id }) => this.#ownerOf(state, id)?.userKey ?? []);
    await this.#options.standings.letReturn(state.id, [...new Set(keys)]);
  }

  #ownerOf({ organizationId = '' }: ConferenceState, id: string): ReturnType<UserEndpoints['ownerOf']> {
    return this.#options.endpoints.ownerOf({ id, organizationId });
  }

  #endpointsOf(state: ConferenceState, userKey: string): readonly string[] {
    const ids = state.participants.map(({ id }) => id);
    return ids.filter((id) => this.#ownerOf(state, id)?.userKey === userKey);
  }

  #endLoginLater(
    owner: { readonly userKey: string; readonly loginId: string | undefined },
    ban: boolean,
  ): void {
    const { clock, endLogin, endLoginsOf, onError } = this.#options;
    const stop = clock.setTimer(() => {
      this.#timers.delete(stop);
      if (owner.loginId !== undefined) endLogin(owner.loginId).catch(onError);
      if (ban) endLoginsOf(owner.userKey).catch(onError);
    }, FAREWELL_MS);
    this.#timers.add(stop);
  }
}
