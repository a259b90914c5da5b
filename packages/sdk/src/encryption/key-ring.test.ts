import { expect, test } from 'vitest';
import { KeyRing } from './key-ring.ts';

/** The ring only hands keys out, so anything with a name does for one. */
const keyNamed = (name: string) => ({ name }) as unknown as CryptoKey;

test('the newest key is sent with, and the 16 newest are tried, the newest first', () => {
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

test('a key that keeps no former one is the only one', () => {
  const ring = new KeyRing();
  ring.add({ key: keyNamed('old'), index: 0 }, { keepFormer: true });
  ring.add({ key: keyNamed('new'), index: 0 }, { keepFormer: false });
  expect(ring.at(0)).toEqual([keyNamed('new')]);
});
