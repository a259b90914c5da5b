import { layOut } from '../layout/lay-out.ts';
import type { FloatingCorner, Layout, LayoutInput, LayoutTile } from '../layout/layout.ts';
import { emptyTileOrder, orderTiles, type TileOrder } from '../layout/order-tiles.ts';
import { createStore, type Store } from '../page/store.ts';
import type { TilesStore } from './create-tiles.ts';
import type { Tile } from './tiles-of.ts';

/** The size of a stage and what covers it. */
export type StageShape = Pick<LayoutInput, 'widthPx' | 'heightPx' | 'isRightToLeft' | 'insets'>;

export interface StageState {
  /** Where each tile of this page goes. */
  readonly layout: Layout;
  /** All tiles, by id. */
  readonly tiles: ReadonlyMap<string, Tile>;
  /** The tile that the user has enlarged. */
  readonly pinnedId: string | undefined;
  readonly floatingCorner: FloatingCorner;
}

/** What is where on one stage, and what its user changes about it. */
export interface StageStore extends Store<StageState> {
  readonly setShape: (shape: StageShape) => void;
  /** Tells the shape of a video, as width divided by height. */
  readonly setAspect: (id: string, aspect: number) => void;
  /** Enlarges a tile; undefined lets screens and speakers decide again. */
  readonly pin: (id: string | undefined) => void;
  /** Goes to another page; from the last one to the first. */
  readonly turnPage: (pages: number) => void;
  readonly setFloatingCorner: (corner: FloatingCorner) => void;
  readonly close: () => void;
}

/** Follows the tiles of a call, and lays them out on a stage. */
export function createStage(tilesStore: TilesStore): StageStore {
  let shape: StageShape = { widthPx: 0, heightPx: 0 };
  let order: TileOrder = emptyTileOrder;
  let page = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const aspects = new Map<string, number>();
  const store = createStore<StageState>({
    layout: { mode: 'empty', placed: [], page: 0, pageCount: 1, more: undefined },
    tiles: new Map(),
    pinnedId: undefined,
    floatingCorner: 'bottom-end',
  });

  const update = (): void => {
    clearTimeout(timer);
    const { tiles } = tilesStore.getSnapshot();
    const { pinnedId, floatingCorner } = store.getSnapshot();
    const isThere = tiles.some(({ id }) => id === pinnedId);
    const input = {
      ...shape,
      floatingCorner,
      pinnedId: isThere ? pinnedId : undefined,
      tiles: tiles.map((tile): LayoutTile => toLayout(tile, aspects.get(tile.id))),
    };
    const nowMs = performance.now();
    const speakingIds = tiles.filter(({ isSpeaking, isSelf }) => isSpeaking && !isSelf).map(({ id }) => id);
    order = orderTiles(order, { ...input, speakingIds, nowMs });
    const layout = layOut({ ...input, tiles: order.tiles, page });
    page = layout.page;
    store.set({
      layout: reuse(store.getSnapshot().layout, layout),
      tiles: new Map(tiles.map((tile) => [tile.id, tile])),
      pinnedId: input.pinnedId,
    });
    // A speaker may be waiting for a place that another one holds.
    const freeAtMs = Math.min(...order.heldUntilMs.values());
    if (speakingIds.length > 0 && freeAtMs < Infinity) timer = setTimeout(update, freeAtMs - nowMs + 1);
  };
  const change = (part: Partial<StageState>): void => {
    store.set(part);
    update();
  };
  const stop = tilesStore.subscribe(update);
  update();
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    setShape: (next) => {
      shape = next;
      update();
    },
    setAspect: (id, aspect) => {
      if (aspects.get(id) === aspect) return;
      aspects.set(id, aspect);
      update();
    },
    pin: (pinnedId) => change({ pinnedId }),
    turnPage: (pages) => {
      const { pageCount } = store.getSnapshot().layout;
      page = (page + pages + pageCount) % pageCount;
      update();
    },
    setFloatingCorner: (floatingCorner) => change({ floatingCorner }),
    close: () => {
      clearTimeout(timer);
      stop();
    },
  };
}

function toLayout({ id, kind, isSelf, hasVideo }: Tile, aspect: number | undefined): LayoutTile {
  return { id, kind, isSelf, aspect: hasVideo ? aspect : undefined };
}

/** The layout before, if nothing has moved: whoever shows it need not render again. */
function reuse(before: Layout, now: Layout): Layout {
  return JSON.stringify(before) === JSON.stringify(now) ? before : now;
}
