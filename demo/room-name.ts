const adjectives = [
  'brave',
  'calm',
  'clever',
  'gentle',
  'happy',
  'kind',
  'lively',
  'merry',
  'quiet',
  'sunny',
];
const animals = ['badger', 'dolphin', 'falcon', 'fox', 'heron', 'lynx', 'otter', 'panda', 'robin', 'turtle'];

/** A random room name that is easy to read aloud, such as `brave-otter-42`. */
export function roomName(): string {
  return `${oneOf(adjectives)}-${oneOf(animals)}-${10 + Math.floor(Math.random() * 90)}`;
}

function oneOf(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] ?? 'room';
}
