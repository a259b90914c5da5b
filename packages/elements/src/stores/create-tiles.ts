import type { Conference } from '@parley-rtc/sdk';
import { createStore, type Store } from '../page/store.ts';
import type { InsightStore } from './create-insight.ts';
import { tilesOf, type Tile } from './tiles-of.ts';

export interface TilesState {
  readonly tiles: readonly Tile[];
}

export interface TilesStore extends Store<TilesState> {
  readonly close: () => void;
}

/** The tiles of a conference. A tile stays the same object until something of it changes. */
export function createTiles(conference: Pick<Conference, 'state'>, insight: InsightStore): TilesStore {
  const read = (): readonly Tile[] => tilesOf(conference.state.getSnapshot(), insight.getSnapshot());
  const store = createStore<TilesState>({ tiles: read() });
  const update = (): void => {
    const before = store.getSnapshot().tiles;
    const tiles = reuse(before, read());
    const isSame = tiles.length === before.length && tiles.every((tile, index) => tile === before[index]);
    if (!isSame) store.set({ tiles });
  };
  const stops = [conference.state.subscribe(update), insight.subscribe(update)];
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    close: () => {
      for (const stop of stops) stop();
    },
  };
}

function reuse(before: readonly Tile[], now: readonly Tile[]): readonly Tile[] {
  const known = new Map(before.map((tile) => [tile.id, tile]));
  return now.map((tile) => {
    const same = known.get(tile.id);
    return same && isSameTile(same, tile) ? same : tile;
  });
}

function isSameTile(one: Tile, other: Tile): boolean {
  return (Object.keys(one) as (keyof Tile)[]).every((key) =>
    key === 'person' ? isSamePerson(one.person, other.person) : Object.is(one[key], other[key]),
  );
}

function isSamePerson(one: Tile['person'], other: Tile['person']): boolean {
  return (Object.keys(one) as (keyof Tile['person'])[]).every((key) => one[key] === other[key]);
}
