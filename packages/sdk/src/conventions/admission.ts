import {
  LOBBY_KEY,
  lobbyInEntry,
  LOCKED_KEY,
  type ConferenceState,
  type MetadataEntry,
} from '@parley-rtc/contract';
import { writerOf, type Moderator } from '../moderator.ts';
import type { ConferenceSnapshot } from '../state/conference-store.ts';

/** The conference is locked: nobody new can join. */
export interface ConferenceLock {
  readonly lockedBy: Moderator;
  /** ISO 8601 in UTC. */
  readonly lockedSince: string;
}

/** The conference has a waiting room. */
export interface ConferenceLobby {
  /** The message for those who wait; undefined for none. */
  readonly message: string | undefined;
  /** The moderator who opened it, or changed the message last. */
  readonly changedBy: Moderator;
}

const locks = new WeakMap<MetadataEntry, ConferenceLock>();
const lobbies = new WeakMap<MetadataEntry, ConferenceLobby>();

/** Who locked the conference, and when; undefined while it is not locked. Returns the same object until that changes. */
export function selectLock({
  conference,
}: Pick<ConferenceSnapshot, 'conference'>): ConferenceLock | undefined {
  return remembered(locks, entryOf(conference, LOCKED_KEY), (entry) => ({
    lockedBy: writerOf(entry),
    lockedSince: entry.lastModified,
  }));
}

/** The waiting room and its message; undefined while there is none. Returns the same object until that changes. */
export function selectLobby({
  conference,
}: Pick<ConferenceSnapshot, 'conference'>): ConferenceLobby | undefined {
  return remembered(lobbies, entryOf(conference, LOBBY_KEY), (entry) => ({
    message: lobbyInEntry(entry.value).message,
    changedBy: writerOf(entry),
  }));
}

/** Whether guests can be waiting whom we may admit. */
export function mayHaveGuests(snapshot: ConferenceSnapshot): boolean {
  const { connection, permissions } = snapshot;
  const isInside = connection === 'connected' || connection === 'reconnecting';
  return isInside && permissions?.moderate === true && selectLobby(snapshot) !== undefined;
}

function entryOf({ metadata }: ConferenceState, key: string): MetadataEntry | undefined {
  return Object.hasOwn(metadata, key) ? metadata[key] : undefined;
}

function remembered<Value>(
  known: WeakMap<MetadataEntry, Value>,
  entry: MetadataEntry | undefined,
  read: (entry: MetadataEntry) => Value,
): Value | undefined {
  if (!entry) return undefined;
  const value = known.get(entry) ?? read(entry);
  known.set(entry, value);
  return value;
}
