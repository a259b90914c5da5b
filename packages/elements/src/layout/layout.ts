/** What is shown in one tile. */
export interface LayoutTile {
  /** Stays the same for as long as the tile exists. */
  readonly id: string;
  readonly kind: 'camera' | 'screen';
  readonly isSelf: boolean;
  /** Width divided by height of its video; undefined without a video. */
  readonly aspect: number | undefined;
}

/** A corner of the stage. `start` is left where people read from left to right. */
export type FloatingCorner = 'top-start' | 'top-end' | 'bottom-start' | 'bottom-end';

/** A stage and what is to be shown on it. */
export interface LayoutInput {
  readonly widthPx: number;
  readonly heightPx: number;
  /** In the order in which they are to be shown: `orderTiles` keeps it. Of the screens, the last one is the newest. */
  readonly tiles: readonly LayoutTile[];
  /** The tile that the user has enlarged. */
  readonly pinnedId: string | undefined;
  /** From 0. A page that does not exist becomes the last one. */
  readonly page: number;
  /** Where the self-view floats during a call between two. The default is `bottom-end`. */
  readonly floatingCorner?: FloatingCorner | undefined;
  /** Mirrors the layout, for languages that people read from right to left. */
  readonly isRightToLeft?: boolean | undefined;
  /** What bars cover at the top and bottom; together at most half of the height counts. Only a full-size tile lies under them. */
  readonly insets?: { readonly topPx: number; readonly bottomPx: number } | undefined;
}

/** How a tile is shown: in the grid, as the large one, in the filmstrip beside it, or floating over it. */
export type TileRole = 'grid' | 'focus' | 'strip' | 'floating';

/** A place on the stage, in pixels from the stage's upper left corner. */
export interface Place {
  readonly xPx: number;
  readonly yPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A tile with its place. */
export interface PlacedTile extends Place {
  readonly id: string;
  readonly role: TileRole;
}

/** Where everything is. */
export interface Layout {
  readonly mode: 'empty' | 'alone' | 'one-to-one' | 'grid' | 'focus';
  /** The tiles of this page. */
  readonly placed: readonly PlacedTile[];
  readonly page: number;
  /** At least 1. In a grid these are its pages, with a large tile those of the filmstrip. */
  readonly pageCount: number;
  /** The place of the button “+N” at the end of a filmstrip, which turns its page; undefined if everyone is shown. */
  readonly more: (Place & { readonly count: number }) | undefined;
}
