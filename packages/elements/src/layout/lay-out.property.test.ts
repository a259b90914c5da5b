import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { layOut } from './lay-out.ts';
import type { Layout, LayoutInput } from './layout.ts';
import { allPages, anyStage, areCloserThan, camera, screen } from './testing/stages.ts';

// Thousands of examples take a while on a slow machine.
vi.setConfig({ testTimeout: 60_000 });

const runs = { numRuns: 3_000, seed: 20_261_129 };

/** What sums of fractions may be off. */
const slackPx = 1e-6;

function expectOnAnyStage(property: (input: LayoutInput) => void, numRuns: number = runs.numRuns): void {
  fc.assert(fc.property(anyStage, property), { ...runs, numRuns });
}

/** The insets that count: at most half of the height. */
function insetsOf({ heightPx, insets }: LayoutInput): { top: number; bottom: number } {
  const { topPx = 0, bottomPx = 0 } = insets ?? {};
  const scale = Math.min(1, heightPx / 2 / (topPx + bottomPx || 1));
  return { top: topPx * scale, bottom: bottomPx * scale };
}

/** Returns a layout without the ids in it. */
function places({ placed, ...rest }: Layout): unknown {
  return { ...rest, placed: placed.map(({ id: _, ...place }) => place) };
}

it('puts everything on the stage, and nothing but a full-size tile below bars', () => {
  expectOnAnyStage((input) => {
    const { placed, more, mode } = layOut(input);
    const { top, bottom } = insetsOf(input);
    const outside = (more ? [...placed, more] : placed).filter((place) => {
      const isFull = mode === 'one-to-one' && 'role' in place && place.role === 'focus';
      const [topPx, bottomPx] = isFull ? [0, input.heightPx] : [top, input.heightPx - bottom];
      const isInside =
        place.widthPx >= 1 &&
        place.heightPx >= 1 &&
        place.xPx >= 0 &&
        place.xPx + place.widthPx <= input.widthPx &&
        place.yPx >= topPx - slackPx &&
        place.yPx + place.heightPx <= bottomPx + slackPx;
      return !isInside;
    });
    expect(outside).toEqual([]);
  });
});

it('keeps a gap between all places, except that the self-view floats over a full-size tile', () => {
  expectOnAnyStage((input) => {
    const { placed, more } = layOut(input);
    const { top, bottom } = insetsOf(input);
    // Near 600 px, whole pixels may make the difference between the two gaps.
    const gapPx = Math.min(input.widthPx, input.heightPx - top - bottom - 2) < 600 ? 8 : 12;
    const places = [...placed.filter(({ role }) => role !== 'floating'), ...(more ? [more] : [])];
    const tooClose = places.filter((place, index) =>
      places.slice(0, index).some((other) => areCloserThan(gapPx, place, other)),
    );
    expect(tooClose).toEqual([]);
  });
});

it('gives places on whole pixels to all tiles but a full-size one', () => {
  expectOnAnyStage((input) => {
    const { placed, mode } = layOut(input);
    const fractional = placed.filter(
      ({ role, id: _, ...place }) =>
        (mode !== 'one-to-one' || role === 'floating') && !Object.values(place).every(Number.isInteger),
    );
    expect(fractional).toEqual([]);
  });
});

it('makes every tile reachable on exactly one page, and shows the large one on all of them', () => {
  expectOnAnyStage((input) => {
    const pages = allPages(input);
    const seen = pages.flat().filter(({ role }, index) => role !== 'focus' || index === 0);
    expect(seen.map(({ id }) => id).toSorted()).toEqual(input.tiles.map(({ id }) => id).toSorted());
    const large = pages.map((page) => page.filter(({ role }) => role === 'focus'));
    for (const page of large) expect(page).toEqual(large[0]);
    for (const page of pages.slice(1)) expect(page.length).toBeGreaterThan(large[0]?.length ?? 0);
  }, 1_000);
});

it('counts behind “+N” who is not shown, exactly if a filmstrip has pages', () => {
  expectOnAnyStage((input) => {
    const { more, pageCount, placed, mode } = layOut(input);
    expect(more?.count).toBe(
      mode === 'focus' && pageCount > 1 ? input.tiles.length - placed.length : undefined,
    );
  });
});

it('fills all pages but the last one, and moves “+N” on none', () => {
  expectOnAnyStage((input) => {
    const pages = allPages(input);
    const first = pages[0]?.length;
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(first ?? 0);
    const places = pages.map((_, page) => {
      const { more } = layOut({ ...input, page });
      return more && { ...more, count: 0 };
    });
    for (const more of places) expect(more).toEqual(places[0]);
  }, 1_000);
});

it('takes the last page for one that does not exist', () => {
  expectOnAnyStage((input) => {
    const { page, pageCount, placed } = layOut(input);
    expect(page).toBe(Math.min(Math.max(0, input.page), pageCount - 1));
    expect(layOut({ ...input, page: pageCount + 5 })).toEqual(layOut({ ...input, page: pageCount - 1 }));
    expect(layOut({ ...input, page: Number.NaN })).toEqual(layOut({ ...input, page: 0 }));
    expect(placed.length).toBeGreaterThanOrEqual(Math.min(1, input.tiles.length));
  });
});

it('shapes tiles of grids and filmstrips between 3:4 and 16:9, and all of a page alike', () => {
  expectOnAnyStage((input) => {
    const tiles = layOut(input).placed.filter(({ role }) => role === 'grid' || role === 'strip');
    const sizes = new Set(tiles.map(({ widthPx, heightPx }) => `${widthPx} × ${heightPx}`));
    expect(sizes.size).toBeLessThanOrEqual(1);
    const [first] = tiles;
    if (!first) return;
    // A pixel more or less comes from rounding.
    expect((first.widthPx + 1) / first.heightPx).toBeGreaterThanOrEqual(3 / 4);
    expect(first.widthPx / (first.heightPx + 1)).toBeLessThanOrEqual(16 / 9);
  });
});

it('gives the large tile at least half of what bars leave', () => {
  expectOnAnyStage((input) => {
    const { mode, placed } = layOut(input);
    const large = placed.find(({ role }) => role === 'focus');
    if (mode !== 'focus' || !large) return;
    const { top, bottom } = insetsOf(input);
    const left = (input.widthPx - 1) * (input.heightPx - top - bottom - 2);
    expect(large.widthPx * large.heightPx).toBeGreaterThanOrEqual(left / 2);
  });
});

it('enlarges the pinned tile, or else the newest screen of another participant, and never my own screen', () => {
  expectOnAnyStage((input) => {
    const { mode, placed } = layOut(input);
    const screens = input.tiles.filter(({ kind, isSelf }) => kind === 'screen' && !isSelf);
    const expected = input.tiles.find(({ id }) => id === input.pinnedId) ?? screens.at(-1);
    expect(mode === 'focus').toBe(expected !== undefined);
    if (expected) expect(placed[0]).toMatchObject({ id: expected.id, role: 'focus' });
  });
});

it('shows my camera and another one on the first page wherever there is room for two', () => {
  expectOnAnyStage((input) => {
    const { mode, placed } = layOut({ ...input, page: 0 });
    const shown = placed.filter(({ role }, index) => mode !== 'focus' || role !== 'focus' || index !== 0);
    const rest = input.tiles.filter(
      ({ id, kind }) => kind === 'camera' && (mode !== 'focus' || id !== placed[0]?.id),
    );
    const isShown = (tile: { id: string }) => shown.some(({ id }) => id === tile.id);
    const others = rest.filter(({ isSelf }) => !isSelf);
    const mine = rest.filter(({ isSelf }) => isSelf);
    if (others.length > 0 && shown.length > 0) expect(others.some(isShown)).toBe(true);
    if (mine.length > 0 && shown.length > 1) expect(mine.some(isShown)).toBe(true);
  });
});

it('moves nothing when the shape of a video changes, unless it is the floating one', () => {
  expectOnAnyStage((input) => {
    const layout = layOut(input);
    const reshaped = input.tiles.map((tile) => ({ ...tile, aspect: tile.aspect === 1 ? 2 : 1 }));
    const after = layOut({ ...input, tiles: reshaped });
    const still = ({ placed, ...rest }: typeof layout) => ({
      ...rest,
      placed: placed.filter(({ role }) => role !== 'floating'),
    });
    expect(still(after)).toEqual(still(layout));
  });
});

it('gives the same places to the same input, whoever is in the tiles', () => {
  expectOnAnyStage((input) => {
    const renamed = {
      ...input,
      pinnedId: input.pinnedId && `${input.pinnedId}!`,
      tiles: input.tiles.map((tile) => ({ ...tile, id: `${tile.id}!` })),
    };
    expect(layOut(structuredClone(input))).toEqual(layOut(input));
    expect(places(layOut(renamed))).toEqual(places(layOut(input)));
  });
});

it('mirrors everything for people who read from right to left', () => {
  expectOnAnyStage((input) => {
    const whole = { ...input, widthPx: Math.floor(input.widthPx) };
    const ltr = layOut({ ...whole, isRightToLeft: false });
    const rtl = layOut({ ...whole, isRightToLeft: true });
    const mirror = ({ xPx, widthPx }: { xPx: number; widthPx: number }) => whole.widthPx - xPx - widthPx;
    expect(rtl.placed).toEqual(ltr.placed.map((tile) => ({ ...tile, xPx: mirror(tile) })));
    expect(rtl.more?.xPx).toBe(ltr.more && mirror(ltr.more));
  });
});

it('moves nobody on a full page when someone joins at the end', () => {
  expectOnAnyStage((input) => {
    // My own screen comes after all participants.
    const tiles = input.tiles.filter(({ kind, isSelf }) => kind === 'camera' || !isSelf);
    const before = layOut({ ...input, tiles, page: 0 });
    const [large] = before.placed;
    // The first other camera would come before those who matter less.
    const isFirst = !input.tiles.some(
      ({ id, kind, isSelf }) => kind === 'camera' && !isSelf && (large?.role !== 'focus' || id !== large.id),
    );
    if (before.pageCount === 1 || isFirst) return;
    const after = layOut({ ...input, page: 0, tiles: [...tiles, camera('new')] });
    expect(after.placed).toEqual(before.placed);
    expect(after.more?.count).toBe(before.more && before.more.count + 1);
  });
});

it('keeps the large tile in place when someone joins or leaves beside it', () => {
  expectOnAnyStage((input) => {
    const before = layOut({ ...input, page: 0 });
    if (before.mode !== 'focus' || input.tiles.length < 2) return;
    const after = layOut({ ...input, page: 0, tiles: [...input.tiles, camera('new')] });
    expect(after.placed[0]).toEqual(before.placed[0]);
  });
});

it('keeps the rest of a filmstrip in order when someone joins while all are shown', () => {
  expectOnAnyStage((input) => {
    const before = layOut({ ...input, page: 0 });
    const after = layOut({ ...input, page: 0, tiles: [...input.tiles, camera('new')] });
    if (before.mode !== 'focus' || after.pageCount > 1) return;
    const ids = after.placed.map(({ id }) => id).filter((id) => id !== 'new');
    expect(ids).toEqual(before.placed.map(({ id }) => id));
  });
});

it('lets a new screen only replace the large tile', () => {
  expectOnAnyStage((input) => {
    const before = layOut({ ...input, page: 0, pinnedId: undefined });
    if (before.mode !== 'focus' || before.pageCount > 1) return;
    const after = layOut({
      ...input,
      page: 0,
      pinnedId: undefined,
      tiles: [...input.tiles, screen('new')],
    });
    expect(after.placed[0]?.id).toBe('new');
    expect(after.placed.length + (after.more?.count ?? 0)).toBe(before.placed.length + 1);
  });
});
