import type { ConferenceSnapshot, Participant } from '@parley-rtc/sdk';

/** What somebody calls themselves. */
export function nameOf({ metadata }: Pick<Participant, 'metadata'>): string {
  return typeof metadata['name'] === 'string' && metadata['name'] ? metadata['name'] : 'Guest';
}

/** Whether somebody would like to say something. */
export function isHandRaised({ metadata }: Pick<Participant, 'metadata'>): boolean {
  return metadata['isHandRaised'] === true;
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
