import type { Participant } from '@parley-rtc/sdk';

/** What somebody calls themselves. */
export function nameOf({ metadata }: Participant): string {
  return typeof metadata['name'] === 'string' && metadata['name'] ? metadata['name'] : 'Guest';
}

/** The first letters of the first two words. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words
    .map((word) => Array.from(word)[0] ?? '')
    .join('')
    .toUpperCase();
}

export function countOf(people: number): string {
  return people === 1 ? '1 person' : `${people} people`;
}
