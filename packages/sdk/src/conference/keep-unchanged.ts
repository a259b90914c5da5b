import { type ConferenceState, findParticipant } from '@parley-rtc/contract';
import { sameJson } from './same-json.ts';

/**
 * `after` with the objects of `before` wherever they say the same, so that a snapshot read anew looks changed only
 * where it is.
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
