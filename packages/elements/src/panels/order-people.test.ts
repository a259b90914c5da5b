import { describe, expect, it } from 'vitest';
import type { Tile } from '../stores/tiles-of.ts';
import { isFound, orderPeople } from './order-people.ts';

function tile(id: string, change: Partial<Tile> = {}): Tile {
  return {
    id,
    kind: 'camera',
    participantId: id,
    isSelf: false,
    person: { name: id, isVerified: false, picture: undefined, role: undefined },
    streamId: undefined,
    audioStreamId: undefined,
    hasVideo: false,
    microphone: 'off',
    mutedBy: undefined,
    isSpeaking: false,
    handRaisedAt: undefined,
    quality: undefined,
    isFrozen: false,
    ...change,
  };
}
const nameless = { name: undefined, isVerified: false, picture: undefined, role: undefined };
const idsOf = (tiles: readonly Tile[]) => tiles.map(({ id }) => id);

describe('the list of people', () => {
  it('the user comes first, then names in alphabetical order, then guests without a name', () => {
    const tiles = [tile('1', { person: nameless }), tile('Zoë'), tile('Äbi'), tile('bob'), tile('Ada')];
    const { hands, others } = orderPeople([...tiles, tile('Me', { isSelf: true })], 'de');
    expect(idsOf(others)).toEqual(['Me', 'Äbi', 'Ada', 'bob', 'Zoë', '1']);
    expect(hands).toEqual([]);
  });

  it('hands come in the order in which they were raised, those without a time last', () => {
    const { hands, others } = orderPeople(
      [
        tile('without time', { handRaisedAt: '' }),
        tile('late', { handRaisedAt: '2026-01-01T12:00:02.000Z' }),
        tile('self', { isSelf: true, handRaisedAt: '2026-01-01T12:00:01.000Z' }),
        tile('down'),
        tile('early', { handRaisedAt: '2026-01-01T12:00:00.000Z' }),
      ],
      'en',
    );
    expect(idsOf(hands)).toEqual(['early', 'self', 'late', 'without time']);
    expect(idsOf(others)).toEqual(['down']);
  });

  it('screens are not people, and numbers sort by value', () => {
    const tiles = [tile('Room 10'), tile('Room 9'), tile('Room 9/screen/0', { kind: 'screen' })];
    expect(idsOf(orderPeople(tiles, 'en').others)).toEqual(['Room 9', 'Room 10']);
  });

  it('people who share a name keep their order', () => {
    const named = { ...nameless, name: 'Kim' };
    const tiles = [tile('b', { person: named }), tile('a', { person: named })];
    expect(idsOf(orderPeople(tiles, 'en').others)).toEqual(['a', 'b']);
    expect(idsOf(orderPeople(tiles.toReversed(), 'en').others)).toEqual(['a', 'b']);
  });

  it.each([
    ['Ada Lovelace', 'love', true],
    ['Zoë', 'ZOE', true],
    ['Ελένη', 'ελενη', true],
    ['Ada', ' ada ', true],
    ['Ada', '', true],
    ['Ada', 'bob', false],
  ])('searching in “%s” for “%s” finds it: %s', (name, search, found) => {
    expect(isFound(name, search, 'en')).toBe(found);
  });

  it('a language that does not exist does not break the list', () => {
    expect(idsOf(orderPeople([tile('b'), tile('a')], 'no_such_language').others)).toEqual(['a', 'b']);
    expect(isFound('Ada', 'a', 'no_such_language')).toBe(true);
  });
});
