import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore, type WritableStore } from '../page/store.ts';
import { createStage, type StageStore } from './create-stage.ts';
import type { TilesState, TilesStore } from './create-tiles.ts';
import type { Tile } from './tiles-of.ts';

function aTile(id: string, change: Partial<Tile> = {}): Tile {
  return {
    id,
    kind: 'camera',
    participantId: id,
    isSelf: id === 'me',
    person: { name: id, isVerified: false, picture: undefined, role: undefined },
    streamId: undefined,
    audioStreamId: undefined,
    hasVideo: true,
    microphone: 'on',
    mutedBy: undefined,
    isSpeaking: false,
    handRaisedAt: undefined,
    quality: undefined,
    isFrozen: false,
    ...change,
  };
}

let tiles: WritableStore<TilesState> & TilesStore;
let stage: StageStore;

beforeEach(() => {
  vi.useFakeTimers();
  tiles = Object.assign(createStore<TilesState>({ tiles: [] }), { close: () => {} });
  stage = createStage(tiles);
  stage.setShape({ widthPx: 1280, heightPx: 720 });
});
afterEach(() => {
  stage.close();
  vi.useRealTimers();
});

function people(count: number, change: (id: string) => Partial<Tile> = () => ({})): void {
  const ids = ['me', ...Array.from({ length: count - 1 }, (_, index) => `p${index}`)];
  tiles.set({ tiles: ids.map((id) => aTile(id, change(id))) });
}

const shown = (): string[] => stage.getSnapshot().layout.placed.map(({ id }) => id);

describe('a stage', () => {
  it('follows who is there, from nobody to a crowd', () => {
    const modes = [0, 1, 2, 5].map((count) => {
      if (count > 0) people(count);
      return stage.getSnapshot().layout.mode;
    });
    expect(modes).toEqual(['empty', 'alone', 'one-to-one', 'grid']);
  });

  it('enlarges a pinned tile, and forgets the pin when its tile is gone', () => {
    people(4);
    stage.pin('p1');
    expect(stage.getSnapshot().layout).toMatchObject({ mode: 'focus', placed: [{ id: 'p1' }, {}, {}, {}] });
    people(2);
    expect(stage.getSnapshot()).toMatchObject({ pinnedId: undefined, layout: { mode: 'one-to-one' } });
  });

  it('turns pages in a circle, and comes back when a page is gone', () => {
    people(40);
    const first = shown();
    stage.turnPage(1);
    expect(new Set([...first, ...shown()]).size).toBe(40);
    stage.turnPage(1);
    expect(shown()).toEqual(first);
    stage.turnPage(-1);
    people(3);
    expect(stage.getSnapshot().layout).toMatchObject({ page: 0, pageCount: 1 });
    expect(shown()).toEqual(['me', 'p0', 'p1']);
  });

  it('brings a speaker to the first page, and moves nothing for one who is there', () => {
    people(40);
    const before = stage.getSnapshot().layout;
    people(40, (id) => ({ isSpeaking: id === 'p3' }));
    expect(stage.getSnapshot().layout).toBe(before);
    people(40, (id) => ({ isSpeaking: id === 'p38' }));
    expect(shown()).toContain('p38');
    people(40);
    expect(shown()).toContain('p38');
  });

  it('lets a second speaker in as soon as the first one no longer holds the only place', () => {
    stage.setShape({ widthPx: 200, heightPx: 150 });
    people(9);
    people(9, (id) => ({ isSpeaking: id === 'p6' }));
    expect(shown()).toContain('p6');
    people(9, (id) => ({ isSpeaking: id === 'p7' }));
    const wasThere = shown().includes('p7');
    vi.advanceTimersByTime(11_000);
    expect(shown()).toContain('p7');
    expect(wasThere).toBe(shown().includes('p6'));
  });

  it('uses the shape of a video only while there is one', () => {
    people(2);
    const floating = (): number | undefined =>
      stage.getSnapshot().layout.placed.find(({ role }) => role === 'floating')?.widthPx;
    const before = floating();
    stage.setAspect('me', 9 / 16);
    expect(floating()).toBeLessThan(before ?? 0);
    people(2, () => ({ hasVideo: false }));
    expect(floating()).toBe(before);
  });

  it('moves the self-view to a corner', () => {
    people(2);
    stage.setFloatingCorner('top-start');
    const floating = stage.getSnapshot().layout.placed.find(({ role }) => role === 'floating');
    expect(floating?.xPx).toBeLessThan(100);
    expect(floating?.yPx).toBeLessThan(100);
  });
});
