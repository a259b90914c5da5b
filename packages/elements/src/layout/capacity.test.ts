import { expect, it } from 'vitest';
import { gridCapacity } from './capacity.ts';

it.each([
  ['picture-in-picture', 200, 150, 2],
  ['a small phone', 320, 480, 9],
  ['a phone', 390, 700, 9],
  ['a phone on its side', 640, 300, 9],
  ['a large phone', 430, 932, 9],
  ['a window just below the limit', 449, 1000, 9],
  ['a window at the limit', 450, 1000, 16],
  ['a tablet', 768, 1024, 16],
  ['a large tablet', 800, 1000, 25],
  ['a desktop', 1440, 900, 25],
  ['a large desktop', 2000, 1499, 25],
  ['three megapixels', 2000, 1500, 49],
  ['4K', 3840, 2160, 49],
  ['a small video window', 320, 180, 4],
  ['a small square window', 320, 320, 6],
  ['a strip of a window', 1000, 80, 6],
  ['a window too small for one', 100, 80, 1],
])('limits the grid of %s, %i × %i px, to %i tiles', (_, widthPx, heightPx, tiles) => {
  expect(gridCapacity({ widthPx, heightPx }, 8)).toBe(tiles);
});
