import {
  findParticipant,
  findStream,
  LOBBY_KEY,
  LOCKED_KEY,
  ordinaryPermissions,
  participantOfPermissions,
  SERVER_KEY_PREFIX,
  type ConferenceState,
  type Participant,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { isPermitted, requirePermitted } from './permissions.ts';
import { requireParticipant } from './preconditions.ts';
import type { RuleContext } from './rule-context.ts';
import type { EventContent } from './stamp-events.ts';

/** Who may set and remove a metadata entry with a fixed meaning. Moderators may write all of them. */
interface Convention {
  readonly key: string;
  /** Whether a longer key has the same meaning: clients of the platform check only the start of most keys. */
  readonly isPrefix: boolean;
  /** Completes "Only … may". */
  readonly mayWhat: string;
  /** Whether participants may write the entry of a stream that they publish. */
  readonly isOfStream: boolean;
}

/** The table of docs/server/rights.md, Metadata keys. Participants may write every other key. */
const conventions: readonly Convention[] = [
  {
    key: 'participant_limit',
    isPrefix: false,
    mayWhat: 'change the participant limit',
    isOfStream: false,
  },
  {
    key: 'ON_HOLD',
    isPrefix: true,
    mayWhat: 'put the conference on hold or resume it',
    isOfStream: false,
  },
  {
    key: 'RECORDER',
    isPrefix: true,
    mayWhat: 'announce or clear a recording',
    isOfStream: false,
  },
  {
    key: 'TRACK_MUTED',
    isPrefix: true,
    mayWhat: "mute or unmute another participant's stream",
    isOfStream: true,
  },
];

function conventionOf(written: string): Convention | undefined {
  return conventions.find(({ key, isPrefix }) => (isPrefix ? written.startsWith(key) : written === key));
}

/**
 * Refuses with `forbidden` when this endpoint may not write a key with a fixed meaning. Nobody but its publisher may unmute a
 * stream: a microphone must not go live because somebody else wanted it to.
 */
export function requireMayWrite(
  state: ConferenceState,
  endpointId: string,
  key: string,
  operation: 'SET' | 'REMOVE',
  context: RuleContext,
): void {
  if (key.startsWith(SERVER_KEY_PREFIX)) {
    throw new RefusalError(
      'forbidden',
      `Only the server writes metadata keys that start with ${SERVER_KEY_PREFIX}. Call updateAdmission or updatePermissions instead.`,
    );
  }
  const convention = conventionOf(key);
  if (!convention) {
    requirePermitted(requireParticipant(state, endpointId), 'send');
    return;
  }
  const streamId = convention.isOfStream ? mutedStreamOf(key) : undefined;
  if (streamId !== undefined && ownerOf(state, streamId, key, endpointId) === endpointId) {
    // Otherwise it could say anything to everyone in keys of streams that never come.
    if (operation === 'SET' && !findStream(state, streamId))
      requireMayPublish(requireParticipant(state, endpointId));
    return;
  }
  if (operation === 'REMOVE' && streamId !== undefined && findStream(state, streamId)) {
    throw new RefusalError(
      'forbidden',
      'Only the participant who publishes this stream can unmute it. Ask them to do so.',
    );
  }
  if (isPermitted(state, context, endpointId, 'moderate')) return;
  throw new RefusalError(
    'forbidden',
    `Only the conference's creator and moderators may ${convention.mayWhat} (metadata key "${key}"). Use a token with such a role.`,
  );
}

function requireMayPublish({ permissions = ordinaryPermissions }: Participant): void {
  if (permissions.publish.length > 0) return;
  throw new RefusalError(
    'forbidden',
    'You publish no such stream, and may publish none. Ask a moderator for the permission "publish".',
  );
}

/** Whether somebody else than its publisher has muted a stream of this endpoint. */
export function isMutedByOther(state: ConferenceState, endpointId: string, key: string): boolean {
  const muted = mutedBy(state, key);
  return muted !== undefined && muted.publisherId === endpointId && muted.authorId !== endpointId;
}

/** Who publishes the stream that an entry mutes, and who muted it; undefined if it mutes no published stream. */
function mutedBy(
  state: ConferenceState,
  key: string,
): { readonly publisherId: string; readonly authorId: string | undefined } | undefined {
  const streamId = mutedStreamOf(key);
  const entry = Object.hasOwn(state.metadata, key) ? state.metadata[key] : undefined;
  const found = streamId === undefined ? undefined : findStream(state, streamId);
  return entry && found && { publisherId: found.participant.id, authorId: entry.userEndpointId };
}

/** The kinds of a stream that somebody else than its publisher muted. */
export function mutedKindsOf(state: ConferenceState, streamId: string): readonly ('audio' | 'video')[] {
  return (['audio', 'video'] as const).filter((kind) => {
    const muted = mutedBy(state, muteKey(kind, streamId));
    return muted !== undefined && muted.authorId !== muted.publisherId;
  });
}

/** The key of the entry that exists while a kind of a stream is muted. */
export function muteKey(kind: string, streamId: string): string {
  return `TRACK_MUTED/${kind}/${streamId}`;
}

/**
 * The endpoint that an entry of a stream belongs to: the publisher, or before publishing the entry's author. Without
 * either, anyone may announce that a stream will start muted.
 */
function ownerOf(state: ConferenceState, streamId: string, key: string, endpointId: string): string {
  const found = findStream(state, streamId);
  return found?.participant.id ?? state.metadata[key]?.userEndpointId ?? endpointId;
}

/** Texts like `true` and `{"on":true}` are much shorter. */
const reservedCharacters = 100;

/**
 * Whether there is always room for an entry: its key has a fixed meaning, of which there are few. Otherwise one guest could
 * fill the metadata, and nobody in the room could say any more that they are muted. Longer keys with the same meaning count.
 */
export function hasReservedRoom(state: ConferenceState, key: string, value: string): boolean {
  // Only the server writes them, and no more than these.
  if (key === LOCKED_KEY || key === LOBBY_KEY || participantOfPermissions(key) !== undefined) return true;
  const convention = conventionOf(key);
  if (!convention || value.length > reservedCharacters) return false;
  if (!convention.isOfStream) return key === convention.key;
  const streamId = mutedStreamOf(key);
  return streamId !== undefined && findStream(state, streamId) !== undefined;
}

/** Removes the entries that belong to a stream, in the name of its publisher. */
export function removingEntriesOf(
  state: ConferenceState,
  streamId: string,
  { userId, id: userEndpointId }: Participant,
): readonly EventContent[] {
  const keys = Object.keys(state.metadata).filter((key) => mutedStreamOf(key) === streamId);
  return keys.map((key) => ({ ...removal, userId, userEndpointId, key }));
}

/**
 * Removes the entries of a stream that somebody else wrote before it was published. Anyone may write such an entry, and it must not
 * mute a stream that only moderators and the publisher may mute.
 */
export function removingEntriesOfOthers(
  state: ConferenceState,
  streamId: string,
  publisher: Participant,
): readonly EventContent[] {
  return removingEntriesOf(state, streamId, publisher).filter(
    (content) => 'key' in content && state.metadata[content.key]?.userEndpointId !== publisher.id,
  );
}

/**
 * Removes entries whose stream is not published, in the name of their authors: those of an author who leaves, or all, which
 * a server without this rule left behind. With an author who leaves, the entry of its permissions goes as well.
 */
export function removingOrphans(state: ConferenceState, authorId?: string): readonly EventContent[] {
  return Object.entries(state.metadata).flatMap(([key, { userId = '', userEndpointId = '' }]) => {
    const isTheirs = authorId === undefined || authorId === userEndpointId;
    const isOrphan = (isTheirs && isOfGoneStream(state, key)) || isOfGoneParticipant(state, key, authorId);
    return isOrphan ? [{ ...removal, userId, userEndpointId, key }] : [];
  });
}

function isOfGoneStream(state: ConferenceState, key: string): boolean {
  const streamId = mutedStreamOf(key);
  return streamId !== undefined && !findStream(state, streamId);
}

function isOfGoneParticipant(state: ConferenceState, key: string, leaverId: string | undefined): boolean {
  const endpointId = participantOfPermissions(key);
  return endpointId !== undefined && (endpointId === leaverId || !findParticipant(state, endpointId));
}

const removal = { type: 'ConferenceMetadataUpdatedEvent', operation: 'REMOVE' } as const;

/** The stream that a key like `TRACK_MUTED/audio/<streamId>` names. */
export function mutedStreamOf(key: string): string | undefined {
  return /^TRACK_MUTED\/(?:audio|video)\/(.+)$/su.exec(key)?.[1];
}
