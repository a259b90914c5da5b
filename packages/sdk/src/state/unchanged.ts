import { findParticipant, type ConferenceState } from '@parley-rtc/contract';
import type { ConferenceSnapshot } from './conference-store.ts';

/**
 * Returns `after`, reusing each equal object of `before`, so that only the parts that differ look changed after a snapshot
 * is read again.
 */
export function keepUnchanged(before: ConferenceState, after: ConferenceState): ConferenceState {
  const participants = after.participants.map((participant) => {
    const known = findParticipant(before, participant.id);
    return known && sameJson(known, participant) ? known : participant;
  });
  const isSameList =
    participants.length === before.participants.length &&
    participants.every((participant, index) => participant === before.participants[index]);
  const kept = {
    ...after,
    participants: isSameList ? before.participants : participants,
    metadata: sameJson(before.metadata, after.metadata) ? before.metadata : after.metadata,
  };
  return sameJson(before, kept) ? before : kept;
}

/** Whether two snapshots are equal. Compares by identity, because a changed part is always a new object. */
export function sameSnapshot(before: ConferenceSnapshot, after: ConferenceSnapshot): boolean {
  return (Object.keys(after) as (keyof ConferenceSnapshot)[]).every((part) => before[part] === after[part]);
}

/** Whether two values made of plain objects, arrays and primitives are equal. Undefined members count as missing. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => sameJson(own(one, key), own(other, key)));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
