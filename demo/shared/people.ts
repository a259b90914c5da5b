import type { ConferenceSnapshot, Participant } from '@parley-rtc/sdk';
import type { TypedCall } from './schemas.ts';

/** What is known about somebody in the call. */
export interface Person {
  readonly name: string;
  /** They would like to say something. */
  readonly isHandRaised: boolean;
}

/** Somebody as they describe themselves; a guest when they do not, or in a way that nobody understands. */
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

/** How many are in the call, in words. */
export function countOf({ conference: { participants } }: ConferenceSnapshot): string {
  return participants.length === 1 ? '1 person' : `${participants.length} people`;
}
