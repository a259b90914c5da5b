import { gapOf, mirrored, usableArea } from './area.ts';
import { gridCapacity } from './capacity.ts';
import { placeFocus, tileToFocus } from './focus.ts';
import { bestGrid, fillGrid } from './grid.ts';
import type { Layout, LayoutInput, LayoutTile } from './layout.ts';
import { placeOneToOne } from './one-to-one.ts';
import { pageOf } from './page-of.ts';
import { isSelfView } from './strip-order.ts';

const onePage = { page: 0, pageCount: 1, more: undefined };

/**
 * Returns where each tile goes, from picture-in-picture to a wall. The same input always gives the same places, and every tile
 * is on exactly one page, except that the large one is on all of them.
 *
 * - A pinned tile, or else the newest screen of another participant, is large; the rest are in a filmstrip.
 * - A single other participant fills the stage, and my own camera floats in a corner.
 * - Otherwise, all tiles have the same size in a grid that covers as much of the stage as possible.
 */
export function layOut(input: LayoutInput): Layout {
  const layout = layOutLeftToRight(input);
  if (!input.isRightToLeft) return layout;
  const { placed, more } = layout;
  return {
    ...layout,
    placed: placed.map((tile) => mirrored(tile, input.widthPx)),
    more: more && mirrored(more, input.widthPx),
  };
}

function layOutLeftToRight(input: LayoutInput): Layout {
  const { tiles } = input;
  if (tiles.length === 0) return { mode: 'empty', placed: [], ...onePage };
  const area = usableArea(input);
  const gapPx = gapOf(area);
  const focus = tileToFocus(input);
  if (focus) return { mode: 'focus', ...placeFocus(focus, tiles, input.page, area, gapPx) };
  const pair = pairOf(tiles);
  if (pair) return { mode: 'one-to-one', placed: placeOneToOne(pair.other, pair.self, input), ...onePage };
  const isAlone = tiles.length === 1 && tiles.some(isSelfView);
  const capacity = gridCapacity(area, gapPx);
  // Where only one tile fits, other participants matter more than the self-view.
  const ordered =
    capacity > 1 ? tiles : tiles.toSorted((a, b) => Number(isSelfView(a)) - Number(isSelfView(b)));
  const { shown, page, pageCount } = pageOf(ordered, capacity, input.page);
  const placed = fillGrid(shown, bestGrid(shown.length, area, gapPx), area, gapPx);
  return { mode: isAlone ? 'alone' : 'grid', placed, page, pageCount, more: undefined };
}

/** Returns the participants of a call between two. The self-view may be missing, so that hiding it moves nothing. */
function pairOf(
  tiles: readonly LayoutTile[],
): { readonly other: LayoutTile; readonly self: LayoutTile | undefined } | undefined {
  if (tiles.some(({ kind }) => kind === 'screen')) return undefined;
  const self = tiles.filter(isSelfView);
  const [other, third] = tiles.filter(({ isSelf }) => !isSelf);
  return other && !third && self.length < 2 ? { other, self: self[0] } : undefined;
}
