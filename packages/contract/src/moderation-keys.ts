import { readPermissions } from './permissions.ts';
import type { Permissions } from './types.ts';

/*
 * What moderators decide is recorded as entries of the conference's metadata, as the platform does for mute, hold and
 * recording: official clients know these events, and each entry says who wrote it. Only the server writes these keys.
 */

/** Start of every key that only the server writes. */
export const SERVER_KEY_PREFIX = 'PARLEY_';

/** The entry that exists while the conference is locked. */
export const LOCKED_KEY = 'PARLEY_LOCKED';

/** The entry that exists while the conference has a waiting room. Its value is a {@link LobbyEntry} as JSON. */
export const LOBBY_KEY = 'PARLEY_LOBBY';

const permissionsPrefix = 'PARLEY_PERMISSIONS/';

/** The value of the entry {@link LOBBY_KEY}. */
export interface LobbyEntry {
  /** Text for those who wait. */
  readonly message?: string;
}

/** The entry with a participant's permissions, once they have been changed. */
export function permissionsKey(endpointId: string): string {
  return `${permissionsPrefix}${endpointId}`;
}

/** The participant that an entry with permissions belongs to; undefined for every other key. */
export function participantOfPermissions(key: string): string | undefined {
  return key.startsWith(permissionsPrefix) ? key.slice(permissionsPrefix.length) : undefined;
}

/** The permissions in the value of such an entry; undefined if it has none. */
export function permissionsInEntry(value: string): Permissions | undefined {
  return readPermissions(parsed(value));
}

/** The value of the entry {@link LOBBY_KEY}; without a message for any other text. */
export function lobbyInEntry(value: string): LobbyEntry {
  const entry = parsed(value);
  const message: unknown =
    typeof entry === 'object' && entry !== null && 'message' in entry ? entry.message : undefined;
  return typeof message === 'string' && message !== '' ? { message } : {};
}

/** The value of the entry {@link LOBBY_KEY} with a message, which may be empty. */
export function lobbyEntry(message: string): string {
  return JSON.stringify(message === '' ? {} : { message });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
