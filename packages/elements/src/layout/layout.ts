/** What is shown in one tile. */
export interface LayoutTile {
  /** Stays the same for as long as the tile exists. */
  readonly id: string;
  readonly kind: 'camera' | 'screen';
  readonly isSelf: boolean;
  /** Width divided by height of its video; undefined without a video. */
  readonly aspect: number | undefined;
}

/** A stage and what is to be shown on it. */
export interface LayoutInput {
  readonly widthPx: number;
  readonly heightPx: number;
  /** In the order in which they are to be shown: `orderTiles` keeps it. */
  readonly tiles: readonly LayoutTile[];
  /** The tile that the user has enlarged. */
  readonly pinnedId: string | undefined;
  /** From 0. A page that does not exist becomes the last one. */
  readonly page: number;
}

/** How a tile is shown: in the grid, as the large one, in the filmstrip beside it, or floating over it. */
export type TileRole = 'grid' | 'focus' | 'strip' | 'floating';

/** A tile with its place, in pixels from the stage's upper left corner. */
export interface PlacedTile {
  readonly id: string;
  readonly role: TileRole;
  readonly xPx: number;
  readonly yPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Where everything is. */
export interface Layout {
  readonly mode: 'empty' | 'alone' | 'one-to-one' | 'grid' | 'focus';
  /** The tiles of this page. */
  readonly placed: readonly PlacedTile[];
  readonly page: number;
  /** At least 1. */
  readonly pageCount: number;
  /** The place of the button “+N” at the end of a filmstrip; undefined if everyone is shown. */
  readonly more: (Omit<PlacedTile, 'id' | 'role'> & { readonly count: number }) | undefined;
}
