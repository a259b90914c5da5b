import { bestGrid, cellAreaOf } from './grid.ts';
import type { Place } from './layout.ts';

/** A face is easy to recognize from about 146 × 82 px or 95 × 126 px on. */
const legiblePx2 = 12_000;

/** How many tiles people can follow, by the size of the stage in square pixels. */
const limits: readonly { readonly belowPx2: number; readonly tiles: number }[] = [
  // Phones and small windows.
  { belowPx2: 450_000, tiles: 9 },
  // Tablets, and desktops with a smaller window.
  { belowPx2: 800_000, tiles: 16 },
  { belowPx2: 3_000_000, tiles: 25 },
  { belowPx2: Infinity, tiles: 49 },
];

/**
 * Returns how many tiles a page of the grid holds, at least 1: up to 9 on a phone, 16 on a tablet, 25 on a desktop and 49 from
 * three megapixels on, as long as each of them has 12,000 px² or more, or the size that a single tile would have.
 */
export function gridCapacity(area: Pick<Place, 'widthPx' | 'heightPx'>, gapPx: number): number {
  const stagePx2 = area.widthPx * area.heightPx;
  const largestPx2 = (tiles: number) => cellAreaOf(bestGrid(tiles, area, gapPx));
  // On a low stage a tile cannot be larger than it is alone.
  const leastPx2 = Math.min(legiblePx2, largestPx2(1));
  let tiles = limits.find(({ belowPx2 }) => stagePx2 < belowPx2)?.tiles ?? 1;
  while (largestPx2(tiles) < leastPx2) tiles -= 1;
  return tiles;
}
