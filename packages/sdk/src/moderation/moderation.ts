import type { EntryDecision, PermissionChanges, VerifiedProfile } from '@parley-rtc/contract';
import type { TrackKind } from '../stream-kinds.ts';

export interface ModerationOptions {
  /** Gives up waiting. The server may have executed the command. */
  readonly signal?: AbortSignal;
}

/**
 * What moderators do, and other callers whose token may. Every command can be repeated: a second one changes nothing. Each
 * rejects with
 * - NotPermittedError (`ERR_NOT_PERMITTED`) without the right to moderate;
 * - UnsupportedByServerError (`ERR_UNSUPPORTED_BY_SERVER`) on a server without moderation;
 * - NotFoundError (`ERR_NOT_FOUND`) when the participant or stream is gone, except `remove`, which is done then.
 */
export interface Moderation {
  /**
   * Removes another participant: its streams and views end, it learns why, and its endpoint cannot join again. With `ban`,
   * neither can its user, and its ticket no longer works.
   *
   * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for ourselves: call `leave`.
   */
  remove(
    participantId: string,
    options?: ModerationOptions & {
      /** For the removed person and the other participants. */
      readonly reason?: string;
      readonly ban?: boolean;
    },
  ): Promise<void>;
  /**
   * Mutes a participant: the server stops forwarding this kind immediately, whatever the participant's page does, until the
   * participant unmutes. Streams that it publishes later are not muted.
   */
  mute(
    participantId: string,
    kind: TrackKind,
    options?: ModerationOptions & {
      /** Default: all streams of the participant that have this kind. */
      readonly streamId?: string;
    },
  ): Promise<void>;
  /**
   * Changes what a participant and the other endpoints of its user may do, until the conference ends. What they may no longer
   * publish or view ends immediately. Nothing turns on by itself when a right comes back.
   */
  setPermissions(
    participantId: string,
    changes: PermissionChanges,
    options?: ModerationOptions,
  ): Promise<void>;
  /** Locks the conference: nobody new can join. Moderators can, and users who were inside before. */
  lock(options?: ModerationOptions): Promise<void>;
  unlock(options?: ModerationOptions): Promise<void>;
  /** Opens a waiting room, or changes its message: guests wait until `conference.waitingRoom` admits them. */
  openLobby(
    options?: ModerationOptions & {
      /** For those who wait; empty for none. Default: the present message, if any. */
      readonly message?: string;
    },
  ): Promise<void>;
  /** Closes the waiting room, which admits all who wait. */
  closeLobby(options?: ModerationOptions): Promise<void>;
}

/** Someone in the waiting room. Show `displayNameOf(guest)`. */
export interface WaitingGuest {
  readonly endpointId: string;
  readonly userId: string;
  /** The name that the person claims; undefined if none. */
  readonly name: string | undefined;
  /** What the issuer of the ticket or token says about the person; undefined if nothing. */
  readonly verified: VerifiedProfile | undefined;
  /** When the wait began: ISO 8601 in UTC. */
  readonly waitingSince: string;
}

/** What was decided about a guest: by us, or by another moderator who was faster. */
export interface EntryOutcome {
  readonly endpointId: string;
  readonly decision: EntryDecision;
}

/**
 * The guests who wait to be admitted, as state, and deciding about them; for moderators. Asks the server while something
 * subscribes, the waiting room is open, and we may moderate; otherwise the list is empty. The first decision about a guest counts:
 * every call resolves with what was decided, which another moderator may have decided otherwise. Guests who have gone are not in
 * the result. The methods reject like those of {@link Moderation}.
 */
export interface WaitingRoom {
  /** In the order in which the guests came. The same array until it changes. */
  readonly getSnapshot: () => readonly WaitingGuest[];
  /** Calls `listener` after each change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly admit: (
    endpointIds: string | readonly string[],
    options?: ModerationOptions,
  ) => Promise<readonly EntryOutcome[]>;
  readonly admitAll: (options?: ModerationOptions) => Promise<readonly EntryOutcome[]>;
  readonly deny: (
    endpointIds: string | readonly string[],
    options?: ModerationOptions & {
      /** For those who are denied. */
      readonly message?: string;
    },
  ) => Promise<readonly EntryOutcome[]>;
}
