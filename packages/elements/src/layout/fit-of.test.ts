import { expect, it } from 'vitest';
import { fitOf } from './fit-of.ts';

it.each([
  ['16:9 in its own shape', 16 / 9, 16 / 9, 'cover'],
  ['16:9 in 4:3', 16 / 9, 4 / 3, 'cover'],
  ['16:9 in the narrowest tile', 16 / 9, 3 / 4, 'cover'],
  ['16:9 on a phone', 16 / 9, 390 / 700, 'contain'],
  ['4:3 in 16:9', 4 / 3, 16 / 9, 'cover'],
  ['4:3 on a phone', 4 / 3, 390 / 700, 'cover'],
  ['4:3 in a very wide window', 4 / 3, 2.2, 'contain'],
  ['16:9 in a very wide window', 16 / 9, 2.2, 'cover'],
  ['a square in 4:3', 1, 4 / 3, 'cover'],
  ['a square in 16:9', 1, 16 / 9, 'contain'],
  ['9:16 in its own shape', 9 / 16, 9 / 16, 'cover'],
  ['9:16 in 3:4', 9 / 16, 3 / 4, 'contain'],
  ['9:16 in a square', 9 / 16, 1, 'contain'],
  ['9:16 in 16:9', 9 / 16, 16 / 9, 'contain'],
  ['9:16 on a longer phone', 9 / 16, 390 / 844, 'cover'],
  ['3:4 in a square', 3 / 4, 1, 'contain'],
  ['3:4 in 5:6', 3 / 4, 5 / 6, 'cover'],
  ['no video', undefined, 16 / 9, 'cover'],
] as const)('fits a camera: %s', (_, video, place, fit) => {
  expect(fitOf(video, place)).toBe(fit);
});

it('shows screens whole', () => {
  for (const video of [undefined, 0.5, 1.6, 3]) expect(fitOf(video, 1.6, 'screen')).toBe('contain');
});
