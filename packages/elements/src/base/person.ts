import type { DisplayName } from '@parley-rtc/sdk';

/** The first letters of the first two words of a name, in any script. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).slice(0, 2);
  return words.map((word) => firstLetter(word)).join('');
}

/** What a reader sees as one letter, such as a family emoji or a letter with its accents. */
function firstLetter(word: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word);
  return (first?.segment ?? '').toUpperCase();
}

/** The colours of avatars: dark enough for white letters (contrast of at least 4.5 to 1). */
const avatarHues = [262, 215, 190, 160, 130, 30, 10, 345, 320, 290];

/** A colour that a name always has, so that people are recognized by it. */
export function avatarColourOf(name: string): string {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return `hsl(${avatarHues[sum % avatarHues.length]} 45% 32%)`;
}

/** The name to show. */
export function shownName({ name }: DisplayName, otherwise: string): string {
  return name?.trim() || otherwise;
}
