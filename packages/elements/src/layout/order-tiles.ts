import { layOut } from './lay-out.ts';
import type { LayoutInput, LayoutTile } from './layout.ts';
import { isSelfView } from './strip-order.ts';

/** The order of tiles, and what is needed to keep it calm. */
export interface TileOrder {
  /** My camera, the cameras of other participants, and the screens from the oldest to the newest. */
  readonly tiles: readonly LayoutTile[];
  /** When a participant last spoke, by the id of the tile. */
  readonly spokeAtMs: ReadonlyMap<string, number>;
  /** Until when a speaker who was brought forward keeps the place, by the id of the tile. */
  readonly heldUntilMs: ReadonlyMap<string, number>;
}

/** What the order depends on. The order of `tiles` counts only for those that are new. */
export interface TileOrderInput extends Omit<LayoutInput, 'page'> {
  /** Ids of the tiles of those who are speaking, with the most recent speaker first. */
  readonly speakingIds: readonly string[];
  /** Any clock that never runs backwards. */
  readonly nowMs: number;
}

/** How long a speaker who was brought forward keeps the place, also in silence. */
const holdMs = 10_000;

/** The order before the first tile. */
export const emptyTileOrder: TileOrder = { tiles: [], spokeAtMs: new Map(), heldUntilMs: new Map() };

/**
 * Returns the next order of tiles. Call it when tiles, the stage, the pin or speakers change, and pass its `tiles` to `layOut`.
 * While someone speaks, call it also when the earliest time of `heldUntilMs` has come, because that frees a place.
 *
 * A new tile goes to the end, and the last camera takes the place of one that leaves. A speaker who is not on the first page
 * changes places with the participant there who has been silent longest, and then stays for at least 10 seconds. Nothing else
 * moves. My own camera is first, and neither it nor a pinned tile nor a screen is ever moved for a speaker.
 */
export function orderTiles(order: TileOrder, input: TileOrderInput): TileOrder {
  const { speakingIds, nowMs } = input;
  const tiles = updateTiles(order.tiles, input.tiles);
  const ids = new Set(tiles.map(({ id }) => id));
  const spokeAtMs = new Map(
    [...order.spokeAtMs, ...speakingIds.map((id) => [id, nowMs] as const)].filter(([id]) => ids.has(id)),
  );
  const heldUntilMs = new Map(
    [...order.heldUntilMs].filter(([id, untilMs]) => ids.has(id) && untilMs > nowMs),
  );
  return bringForward({ tiles, spokeAtMs, heldUntilMs }, input);
}

/** Keeps tiles where they are, as far as possible. */
function updateTiles(before: readonly LayoutTile[], now: readonly LayoutTile[]): readonly LayoutTile[] {
  const isKnown = (tile: LayoutTile) => before.some(({ id }) => id === tile.id);
  const current = (tile: LayoutTile) => now.find(({ id }) => id === tile.id);
  const added = now.filter((tile) => !isKnown(tile));
  return [
    ...now.filter(isSelfView),
    ...closeGaps(before.filter(isMovable).map(current)),
    ...added.filter(isMovable),
    ...before.filter(isScreen).flatMap((tile) => current(tile) ?? []),
    ...added.filter(isScreen),
  ];
}

function isScreen({ kind }: LayoutTile): boolean {
  return kind === 'screen';
}

/** Moves the last tiles into the gaps, because closing them up would move all tiles behind them. */
function closeGaps(slots: readonly (LayoutTile | undefined)[]): readonly LayoutTile[] {
  const left = [...slots];
  const closed: LayoutTile[] = [];
  while (left.length > 0) {
    const tile = left.shift() ?? left.splice(left.findLastIndex(Boolean))[0];
    if (tile) closed.push(tile);
  }
  return closed;
}

function bringForward(order: TileOrder, input: TileOrderInput): TileOrder {
  const { speakingIds, nowMs, pinnedId } = input;
  const tiles = [...order.tiles];
  const heldUntilMs = new Map(order.heldUntilMs);
  for (const [index, id] of speakingIds.entries()) {
    const firstPage = new Set(layOut({ ...input, tiles, page: 0 }).placed.map((placed) => placed.id));
    const speaker = tiles.find((tile) => tile.id === id);
    if (!speaker || !isMovable(speaker) || firstPage.has(id)) continue;
    const free = tiles.filter(
      (tile) =>
        firstPage.has(tile.id) && isMovable(tile) && tile.id !== pinnedId && !heldUntilMs.has(tile.id),
    );
    // The most recent speaker must be visible even if all others are speaking, too.
    const silent = index === 0 ? free : free.filter((tile) => !speakingIds.includes(tile.id));
    const [leaving] = silent.toSorted(bySilence(order.spokeAtMs, speakingIds, tiles));
    if (!leaving) continue;
    const [from, to] = [tiles.indexOf(speaker), tiles.indexOf(leaving)];
    tiles[from] = leaving;
    tiles[to] = speaker;
    heldUntilMs.set(id, nowMs + holdMs);
  }
  return { ...order, tiles, heldUntilMs };
}

/** Whether a tile may change places with another one. */
function isMovable({ kind, isSelf }: LayoutTile): boolean {
  return kind === 'camera' && !isSelf;
}

/** Sorts those first who have been silent longest; of those, the last on the page. */
function bySilence(
  spokeAtMs: ReadonlyMap<string, number>,
  speakingIds: readonly string[],
  tiles: readonly LayoutTile[],
): (a: LayoutTile, b: LayoutTile) => number {
  const spokeAt = ({ id }: LayoutTile) => spokeAtMs.get(id) ?? -1;
  return (a, b) =>
    spokeAt(a) - spokeAt(b) ||
    speakingIds.indexOf(b.id) - speakingIds.indexOf(a.id) ||
    tiles.indexOf(b) - tiles.indexOf(a);
}
