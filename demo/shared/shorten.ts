/** Shortens a text to at most `maxCharacters`, the last of which is then an ellipsis. */
export function shorten(text: string, maxCharacters: number): string {
  const characters = Array.from(text);
  return characters.length > maxCharacters ? `${characters.slice(0, maxCharacters - 1).join('')}…` : text;
}
