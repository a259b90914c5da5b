import type { LayoutInput, Place, PlacedTile } from './layout.ts';

type Stage = Pick<LayoutInput, 'widthPx' | 'heightPx' | 'insets'>;

/** From this length of the shorter side on, a stage is large enough for wide gaps. */
const wideGapsFromPx = 600;
/** A stage that is shorter than this, or hidden, is treated as if it had this length, and shows a part of its tiles. */
const leastPx = 64;

/** Returns the part of the stage that no bar covers, in whole pixels and never tiny. */
export function usableArea({ widthPx, heightPx, insets }: Stage): Place {
  const top = Math.max(0, insets?.topPx ?? 0);
  const bottom = Math.max(0, insets?.bottomPx ?? 0);
  // Bars that cover more would leave too little to show anyone.
  const scale = Math.min(1, heightPx / 2 / Math.max(1, top + bottom));
  const yPx = Math.ceil(top * scale);
  return {
    xPx: 0,
    yPx,
    widthPx: Math.max(leastPx, Math.floor(widthPx)),
    heightPx: Math.max(leastPx, Math.floor(heightPx - bottom * scale) - yPx),
  };
}

/** Returns the distance between two tiles: 8 px, or 12 px on a large stage. */
export function gapOf({ widthPx, heightPx }: Pick<Place, 'widthPx' | 'heightPx'>): number {
  return Math.min(widthPx, heightPx) < wideGapsFromPx ? 8 : 12;
}

/** Swaps left and right, and keeps whole pixels. */
export function mirrored<T extends Place | PlacedTile>(place: T, stageWidthPx: number): T {
  return { ...place, xPx: Math.max(0, Math.floor(stageWidthPx) - place.xPx - place.widthPx) };
}
