import type { ConferenceSnapshot, Participant } from '@parley-rtc/sdk';
import type { TypedCall } from './schemas.ts';

/** How a participant is shown. */
export interface Person {
  readonly name: string;
  /** Whether the participant wants to speak. */
  readonly isHandRaised: boolean;
}

/** Reads a participant's metadata; a guest if it is missing or does not fit the schema. */
export function personOf(typed: TypedCall, participant: Pick<Participant, 'metadata'> | undefined): Person {
  return (participant && typed.participant(participant)) ?? { name: 'Guest', isHandRaised: false };
}

/** The first letters of the first two words. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words
    .map((word) => Array.from(word)[0] ?? '')
    .join('')
    .toUpperCase();
}

/** The number of participants, in words. */
export function countOf({ conference: { participants } }: ConferenceSnapshot): string {
  return participants.length === 1 ? '1 person' : `${participants.length} people`;
}
