import { bestGrid, cellAreaOf } from './grid.ts';
import type { Place } from './layout.ts';

/** A face is easy to recognize from about 146 × 82 px or 95 × 126 px on. */
const legiblePx2 = 12_000;

/** How many tiles people can follow, by the size of the stage in square pixels. */
const limits: readonly { readonly fromPx2: number; readonly tiles: number }[] = [
  // Phones and small windows.
  { fromPx2: 0, tiles: 9 },
  // Tablets, and desktops with a smaller window.
  { fromPx2: 450_000, tiles: 16 },
  { fromPx2: 800_000, tiles: 25 },
  { fromPx2: 3_000_000, tiles: 49 },
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
  const reached = limits.filter(({ fromPx2 }) => stagePx2 >= fromPx2);
  let tiles = Math.max(...reached.map((limit) => limit.tiles));
  while (largestPx2(tiles) < leastPx2) tiles -= 1;
  return tiles;
}
