import { gapOf, usableArea } from './area.ts';
import { placeInCorner } from './corners.ts';
import type { LayoutInput, LayoutTile, Place, PlacedTile } from './layout.ts';

/** A self-view is as large as a square with this part of the stage's shorter side … */
const sizeOfStage = 1 / 4;
/** … but neither of its sides is shorter than this … */
const shortestSidePx = 96;
/** … unless it would cover more than this part of the width or height. */
const mostOfStage = 1 / 2;

/** Shows one participant on the whole stage, and oneself floating over it. */
export function placeOneToOne(
  other: LayoutTile,
  self: LayoutTile | undefined,
  input: LayoutInput,
): readonly PlacedTile[] {
  const { widthPx, heightPx } = input;
  const full: PlacedTile = { id: other.id, role: 'focus', xPx: 0, yPx: 0, widthPx, heightPx };
  if (!self) return [full];
  const area = usableArea(input);
  const place = placeInCorner(
    input.floatingCorner ?? 'bottom-end',
    floatingSize(self.aspect, area),
    area,
    gapOf(area),
  );
  return [full, { id: self.id, role: 'floating', ...place }];
}

function floatingSize(
  aspect: number | undefined,
  { widthPx, heightPx }: Place,
): Pick<Place, 'widthPx' | 'heightPx'> {
  const shape = Math.min(Math.max(aspect ?? (widthPx < heightPx ? 3 / 4 : 16 / 9), 9 / 16), 16 / 9);
  const side = Math.min(widthPx, heightPx) * sizeOfStage;
  const enlarge = Math.max(1, shortestSidePx / Math.min(side * Math.sqrt(shape), side / Math.sqrt(shape)));
  const width = side * Math.sqrt(shape) * enlarge;
  const height = width / shape;
  const shrink = Math.min(1, (widthPx * mostOfStage) / width, (heightPx * mostOfStage) / height);
  return {
    widthPx: Math.round(width * shrink),
    heightPx: Math.round(height * shrink),
  };
}
