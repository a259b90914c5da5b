import type { LayoutTile, Place, PlacedTile, TileRole } from './layout.ts';

/** The shapes that a tile may have: from a portrait to a cinema screen, as width divided by height. */
const narrowestAspect = 3 / 4;
const widestAspect = 16 / 9;
/** Nobody notices that a grid covers a little less than another one. */
const nearlyTheSame = 0.95;

/** Equal cells in rows and columns. */
interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly cellWidthPx: number;
  readonly cellHeightPx: number;
}

type Size = Pick<Place, 'widthPx' | 'heightPx'>;

/** Returns the largest grid of `columns` for so many tiles: its cells have any shape between 3:4 and 16:9. */
export function gridOf(count: number, columns: number, { widthPx, heightPx }: Size, gapPx: number): Grid {
  const rows = Math.ceil(count / columns);
  // Gaps alone may be longer than the area.
  const width = Math.max(1, (widthPx - (columns - 1) * gapPx) / columns);
  const height = Math.max(1, (heightPx - (rows - 1) * gapPx) / rows);
  return {
    columns,
    rows,
    cellWidthPx: Math.floor(Math.min(width, height * widestAspect)),
    cellHeightPx: Math.floor(Math.min(height, width / narrowestAspect)),
  };
}

/**
 * Returns the grid that covers most of the area. On a tall stage it may cover a little less, so that its tiles are tall, too:
 * a tall tile shows a larger face than a wide one of the same area, and people hold phones upright.
 */
export function bestGrid(count: number, area: Size, gapPx: number): Grid {
  const grids = Array.from({ length: count }, (_, index) => gridOf(count, index + 1, area, gapPx));
  const mostPx2 = Math.max(...grids.map(cellAreaOf));
  const best =
    area.widthPx < area.heightPx
      ? grids.findLast((grid) => cellAreaOf(grid) >= mostPx2 * nearlyTheSame)
      : grids.find((grid) => cellAreaOf(grid) === mostPx2);
  return best ?? gridOf(count, 1, area, gapPx);
}

/** Returns the area of one cell in square pixels. */
export function cellAreaOf({ cellWidthPx, cellHeightPx }: Grid): number {
  return cellWidthPx * cellHeightPx;
}

/** Fills the cells row by row. The grid and its last row are in the middle of the area. */
export function fillGrid(
  tiles: readonly LayoutTile[],
  grid: Grid,
  area: Place,
  gapPx: number,
  role: TileRole = 'grid',
): readonly PlacedTile[] {
  const { columns, rows, cellWidthPx, cellHeightPx } = grid;
  const yPx = area.yPx + freeHalf(area.heightPx, rows, cellHeightPx, gapPx);
  return tiles.map(({ id }, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, tiles.length - row * columns);
    const xPx = area.xPx + freeHalf(area.widthPx, inRow, cellWidthPx, gapPx);
    return {
      id,
      role,
      xPx: xPx + (index % columns) * (cellWidthPx + gapPx),
      yPx: yPx + row * (cellHeightPx + gapPx),
      widthPx: cellWidthPx,
      heightPx: cellHeightPx,
    };
  });
}

/** Returns half of what cells in a line leave free. */
function freeHalf(lengthPx: number, cells: number, cellPx: number, gapPx: number): number {
  return Math.floor((lengthPx - cells * cellPx - (cells - 1) * gapPx) / 2);
}
