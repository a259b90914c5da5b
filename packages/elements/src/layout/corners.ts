import type { FloatingCorner, Place } from './layout.ts';

/** Returns the corner of the stage to which a floating tile snaps when the user drops its centre at a point of the stage. */
export function floatingCornerNear(
  point: { readonly xPx: number; readonly yPx: number },
  stage: { readonly widthPx: number; readonly heightPx: number },
  isRightToLeft = false,
): FloatingCorner {
  const isLeft = point.xPx < stage.widthPx / 2;
  const vertical = point.yPx < stage.heightPx / 2 ? 'top' : 'bottom';
  return `${vertical}-${isLeft === isRightToLeft ? 'end' : 'start'}`;
}

/** Puts something of a size into a corner of an area, for people who read from left to right. */
export function placeInCorner(
  corner: FloatingCorner,
  { widthPx, heightPx }: Pick<Place, 'widthPx' | 'heightPx'>,
  area: Place,
  marginPx: number,
): Place {
  const isStart = corner.endsWith('start');
  const isTop = corner.startsWith('top');
  return {
    xPx: area.xPx + (isStart ? marginPx : area.widthPx - marginPx - widthPx),
    yPx: area.yPx + (isTop ? marginPx : area.heightPx - marginPx - heightPx),
    widthPx,
    heightPx,
  };
}
