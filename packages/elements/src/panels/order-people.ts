import type { Tile } from '../stores/tiles-of.ts';

/** The people in a call as a list shows them. */
export interface OrderedPeople {
  /** Who wants to speak, in the order of the hands. */
  readonly hands: readonly Tile[];
  /** The user first, then by name; guests without a name last. */
  readonly others: readonly Tile[];
}

/** Sorts the tiles of participants for a list. `language` decides the alphabetical order. */
export function orderPeople(tiles: readonly Tile[], language: string): OrderedPeople {
  const people = tiles.filter(({ kind }) => kind === 'camera');
  const compare = collatorOf(language).compare;
  const byName = (one: Tile, other: Tile): number => {
    if (one.isSelf !== other.isSelf) return one.isSelf ? -1 : 1;
    const [name, otherName] = [one.person.name, other.person.name];
    if (name === undefined || otherName === undefined) {
      return Number(name === undefined) - Number(otherName === undefined);
    }
    return compare(name, otherName) || one.id.localeCompare(other.id);
  };
  const byHand = (one: Tile, other: Tile): number => {
    const [time, otherTime] = [timeOf(one), timeOf(other)];
    return time === otherTime ? byName(one, other) : time < otherTime ? -1 : 1;
  };
  return {
    hands: people.filter(({ handRaisedAt }) => handRaisedAt !== undefined).toSorted(byHand),
    others: people.filter(({ handRaisedAt }) => handRaisedAt === undefined).toSorted(byName),
  };
}

/** An empty time is a raised hand whose page did not say since when: behind all others. */
function timeOf({ handRaisedAt }: Tile): string {
  return handRaisedAt || '~';
}

/** Whether a name contains what the user searches, whatever the case and the accents. */
export function isFound(name: string, search: string, language: string): boolean {
  return plain(name, language).includes(plain(search.trim(), language));
}

function plain(text: string, language: string): string {
  const lower = withLanguage(language, (known) => text.toLocaleLowerCase(known));
  return lower.normalize('NFKD').replaceAll(/\p{M}/gu, '');
}

const collators = new Map<string, Intl.Collator>();

function collatorOf(language: string): Intl.Collator {
  const collator =
    collators.get(language) ?? withLanguage(language, (known) => new Intl.Collator(known, { numeric: true }));
  collators.set(language, collator);
  return collator;
}

/** A page may name a language that no browser knows, such as `en_US`. */
function withLanguage<Value>(language: string, use: (language: string | undefined) => Value): Value {
  try {
    return use(language);
  } catch {
    return use(undefined);
  }
}
