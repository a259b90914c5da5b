import { findStream, type ConferenceState, type Participant } from '@parley-rtc/contract';
import type { Actor } from '../../actor.ts';
import { RefusalError } from '../../refusal.ts';
import { isCreator } from './preconditions.ts';
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

/** Refuses with `forbidden` when this endpoint may not write a key with a fixed meaning. */
export function requireMayWrite(state: ConferenceState, endpointId: string, key: string, actor: Actor): void {
  const convention = conventionOf(key);
  if (!convention || actor.rights.has('moderate') || isCreator(state, actor)) return;
  const streamId = convention.isOfStream ? mutedStreamOf(key) : undefined;
  if (streamId !== undefined && ownerOf(state, streamId, key, endpointId) === endpointId) return;
  throw new RefusalError(
    'forbidden',
    `Only the conference's creator and moderators may ${convention.mayWhat} (metadata key "${key}"). Use a token with such a role.`,
  );
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
 * Removes entries whose stream is not published, in the name of their authors: those of an author who leaves, or all, which
 * a server without this rule left behind.
 */
export function removingOrphans(state: ConferenceState, authorId?: string): readonly EventContent[] {
  return Object.entries(state.metadata).flatMap(([key, { userId = '', userEndpointId = '' }]) => {
    const streamId = mutedStreamOf(key);
    const isTheirs = authorId === undefined || authorId === userEndpointId;
    const isOrphan = isTheirs && streamId !== undefined && !findStream(state, streamId);
    return isOrphan ? [{ ...removal, userId, userEndpointId, key }] : [];
  });
}

const removal = { type: 'ConferenceMetadataUpdatedEvent', operation: 'REMOVE' } as const;

/** The stream that a key like `TRACK_MUTED/audio/<streamId>` names. */
function mutedStreamOf(key: string): string | undefined {
  return /^TRACK_MUTED\/(?:audio|video)\/(.+)$/su.exec(key)?.[1];
}
