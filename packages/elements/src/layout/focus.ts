import { fillGrid, gridOf } from './grid.ts';
import type { Layout, LayoutInput, LayoutTile, Place, PlacedTile } from './layout.ts';
import { pageOf } from './page-of.ts';
import { stripOrder } from './strip-order.ts';

/** From this shape on, the filmstrip is beside the large tile instead of below it. */
const besideFromAspect = 1.5;
/** How thick a filmstrip is, as a part of the stage; at most half of the stage minus the gap. */
const thicknessOfStage = 0.15;
const thickness = { beside: { leastPx: 112, mostPx: 320 }, below: { leastPx: 96, mostPx: 240 } };
/** How short a tile may be along the filmstrip, as a part of the strip's thickness: 16:9 beside, a square below. */
const shortestOfThickness = { beside: 9 / 16, below: 1 };
/** “+N” is as long as a finger is wide, but at most this part of a tiny filmstrip. */
const morePx = 48;
const moreOfStrip = 1 / 3;

/** Returns the tile to enlarge: the pinned one, or else the newest screen of another participant. */
export function tileToFocus({
  tiles,
  pinnedId,
}: Pick<LayoutInput, 'tiles' | 'pinnedId'>): LayoutTile | undefined {
  // Enlarging my own screen by itself would show a screen within a screen within a screen.
  return (
    tiles.find(({ id }) => id === pinnedId) ??
    tiles.findLast(({ kind, isSelf }) => kind === 'screen' && !isSelf)
  );
}

/** Shows one tile as large as possible, and the rest in a filmstrip at its end or below it. */
export function placeFocus(
  focus: LayoutTile,
  tiles: readonly LayoutTile[],
  wantedPage: number,
  area: Place,
  gapPx: number,
): Omit<Layout, 'mode'> {
  const others = tiles.filter(({ id }) => id !== focus.id);
  const { id } = focus;
  if (others.length === 0)
    return { placed: [{ id, role: 'focus', ...area }], page: 0, pageCount: 1, more: undefined };
  const { large, strip, side } = divide(area, gapPx);
  const { placed, ...rest } = placeStrip(others, wantedPage, strip, side, gapPx);
  return { placed: [{ id, role: 'focus', ...large }, ...placed], ...rest };
}

type Side = 'beside' | 'below';

/** Divides the area independently of how many tiles there are, so that the large one stays when someone joins. */
function divide(area: Place, gapPx: number): { large: Place; strip: Place; side: Side } {
  const { xPx, yPx, widthPx, heightPx } = area;
  const side = widthPx / heightPx >= besideFromAspect ? 'beside' : 'below';
  const across = side === 'beside' ? widthPx : heightPx;
  const { leastPx, mostPx } = thickness[side];
  const preferred = Math.min(Math.max(across * thicknessOfStage, leastPx), mostPx);
  const thick = Math.floor(Math.min(preferred, across / 2 - gapPx));
  const left = across - thick - gapPx;
  return side === 'beside'
    ? {
        side,
        large: { ...area, widthPx: left },
        strip: { xPx: xPx + widthPx - thick, yPx, widthPx: thick, heightPx },
      }
    : {
        side,
        large: { ...area, heightPx: left },
        strip: { xPx, yPx: yPx + heightPx - thick, widthPx, heightPx: thick },
      };
}

/** Shows as many tiles as fit in one line. If that is not all of them, the line has pages of equal tiles, and ends in “+N”. */
function placeStrip(
  tiles: readonly LayoutTile[],
  wantedPage: number,
  strip: Place,
  side: Side,
  gapPx: number,
): Omit<Layout, 'mode'> {
  const placesIn = (lengthPx: number) => {
    const across = side === 'beside' ? strip.widthPx : strip.heightPx;
    const shortest = across * shortestOfThickness[side];
    return Math.max(1, Math.floor((lengthPx + gapPx) / (shortest + gapPx)));
  };
  const place = (shown: readonly LayoutTile[], places: number, line: Place): readonly PlacedTile[] =>
    fillGrid(shown, gridOf(places, side === 'beside' ? 1 : places, line, gapPx), line, gapPx, 'strip');

  const lengthPx = side === 'beside' ? strip.heightPx : strip.widthPx;
  if (tiles.length <= placesIn(lengthPx)) {
    const shown = stripOrder(tiles, Infinity);
    return { placed: place(shown, shown.length, strip), page: 0, pageCount: 1, more: undefined };
  }
  const buttonPx = Math.min(morePx, Math.floor(lengthPx * moreOfStrip));
  const linePx = lengthPx - buttonPx - gapPx;
  const places = placesIn(linePx);
  const { shown, page, pageCount } = pageOf(stripOrder(tiles, places), places, wantedPage);
  const line = side === 'beside' ? { ...strip, heightPx: linePx } : { ...strip, widthPx: linePx };
  const button =
    side === 'beside'
      ? { ...strip, yPx: strip.yPx + lengthPx - buttonPx, heightPx: buttonPx }
      : { ...strip, xPx: strip.xPx + lengthPx - buttonPx, widthPx: buttonPx };
  return {
    placed: place(shown, places, line),
    page,
    pageCount,
    more: { ...button, count: tiles.length - shown.length },
  };
}
