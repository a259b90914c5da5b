import { expect, it } from 'vitest';
import { KeyRing } from './key-ring.ts';

/** The ring never uses its keys, so any object with a name will do. */
const keyNamed = (name: string) => ({ name }) as unknown as CryptoKey;

it('encrypts with the newest key, and tries the 16 newest, newest first', () => {
  const ring = new KeyRing();
  expect(ring.current).toBeUndefined();
  for (let index = 1; index <= 20; index += 1) {
    ring.add({ key: keyNamed(`key ${index}`), index: index % 2 }, { keepFormer: true });
  }
  expect(ring.current).toEqual({ key: keyNamed('key 20'), index: 0 });
  expect(ring.at(0)).toEqual([20, 18, 16, 14, 12, 10, 8, 6].map((index) => keyNamed(`key ${index}`)));
  expect(ring.at(1)).toEqual([19, 17, 15, 13, 11, 9, 7, 5].map((index) => keyNamed(`key ${index}`)));
  expect(ring.at(2)).toEqual([]);
});

it('drops all previous keys when they are not kept', () => {
  const ring = new KeyRing();
  ring.add({ key: keyNamed('old'), index: 0 }, { keepFormer: true });
  ring.add({ key: keyNamed('new'), index: 0 }, { keepFormer: false });
  expect(ring.at(0)).toEqual([keyNamed('new')]);
});
