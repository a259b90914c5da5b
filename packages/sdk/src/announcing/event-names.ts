import { InvalidOptionsError } from '@parley-rtc/client';
import type { ConferenceEvents } from './conference-events.ts';

/** Every event. An object, so that the compiler requires each name. */
const eventNames: Readonly<Record<keyof ConferenceEvents, true>> = {
  'stream-published': true,
  'stream-unpublished': true,
  'stream-updated': true,
  'participant-joined': true,
  'participant-left': true,
  'participant-updated': true,
  'permissions-changed': true,
  'muted-by-moderator': true,
  'metadata-updated': true,
  'connection-changed': true,
  'playback-changed': true,
  'quality-changed': true,
  'stats-updated': true,
  'audio-levels-updated': true,
  'active-speakers-changed': true,
  'join-timed': true,
  'view-timed': true,
  'decryption-changed': true,
  'network-indicator-updated': true,
  'stream-restored': true,
  message: true,
  'server-event': true,
  'waiting-room-changed': true,
  removed: true,
  ended: true,
  error: true,
};

/** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for a name that is not an event's, with the nearest one. */
export function assertEventName(name: string): void {
  if (Object.hasOwn(eventNames, name)) return;
  const [nearest] = Object.keys(eventNames).toSorted((a, b) => distance(a, name) - distance(b, name));
  throw new InvalidOptionsError(`There is no event '${String(name)}'.`, `Did you mean '${nearest}'?`);
}

/** The Levenshtein distance: how many letters to insert, delete or replace. */
function distance(right: string, asked: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [line, letter] of Array.from(String(asked)).entries()) {
    const next = [line + 1];
    for (const [column, own] of Array.from(right).entries()) {
      const [above = 0, left = 0, corner = 0] = [row[column + 1], next[column], row[column]];
      next.push(Math.min(above + 1, left + 1, corner + (own === letter ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
