import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { layOut } from './lay-out.ts';
import type { LayoutTile } from './layout.ts';
import { emptyTileOrder, orderTiles, type TileOrder, type TileOrderInput } from './order-tiles.ts';
import { camera, screen, selfView, stage } from './testing/stages.ts';

// Thousands of examples take a while on a slow machine.
vi.setConfig({ testTimeout: 60_000 });

type Step =
  | { readonly what: 'joins' | 'shares' | 'publishes own camera' | 'pauses' }
  | { readonly what: 'leaves' | 'speaks' | 'falls silent' | 'pins'; readonly who: number }
  | { readonly what: 'resizes'; readonly size: readonly [number, number] };

const sizes = [
  [1440, 900],
  [390, 700],
  [640, 300],
  [200, 150],
  [768, 1024],
] as const;

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step>({ what: 'joins' }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ what: 'shares' }, { what: 'publishes own camera' }) },
  { weight: 3, arbitrary: fc.constant<Step>({ what: 'pauses' }) },
  {
    weight: 12,
    arbitrary: fc.record({
      what: fc.constantFrom('speaks' as const, 'speaks' as const, 'speaks' as const, 'falls silent' as const),
      who: fc.nat(100),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('leaves' as const), who: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('pins' as const), who: fc.nat(100) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('resizes' as const), size: fc.constantFrom(...sizes) }),
  },
);

const anyHistory = fc.record({
  size: fc.constantFrom(...sizes),
  atFirst: fc.integer({ min: 0, max: 30 }),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 40 }),
});

/** What happened in one step of a history. */
interface Turn {
  readonly step: Step;
  readonly before: TileOrder;
  readonly after: TileOrder;
  readonly input: TileOrderInput;
  readonly inputBefore: TileOrderInput;
}

const ids = (tiles: readonly { readonly id: string }[]) => tiles.map(({ id }) => id);

/** Returns the ids of the tiles on the first page. */
function firstPage({ tiles }: TileOrder, input: TileOrderInput): readonly string[] {
  return ids(layOut({ ...input, tiles, page: 0 }).placed);
}

function isOtherCamera({ kind, isSelf }: LayoutTile): boolean {
  return kind === 'camera' && !isSelf;
}

function rank({ kind, isSelf }: LayoutTile): number {
  if (kind === 'screen') return 2;
  return isSelf ? 0 : 1;
}

/** Returns the ids of the cameras of other participants, in their order. */
function cameras(order: TileOrder): readonly string[] {
  return ids(order.tiles.filter(isOtherCamera));
}

/** Applies a step to what an app knows. Steps take 2 seconds, pauses 11 seconds. */
function apply(step: Step, input: TileOrderInput, next: number): TileOrderInput {
  const nowMs = input.nowMs + (step.what === 'pauses' ? 11_000 : 2_000);
  const { tiles, speakingIds } = input;
  const who = 'who' in step ? tiles[step.who % Math.max(1, tiles.length)]?.id : undefined;
  const without = (list: readonly string[]) => list.filter((id) => id !== who);
  switch (step.what) {
    case 'joins':
      return { ...input, nowMs, tiles: [...tiles, camera(`p${next}`)] };
    case 'shares':
      return { ...input, nowMs, tiles: [...tiles, screen(`s${next}`, next % 4 === 0)] };
    case 'publishes own camera':
      return tiles.some(({ id }) => id === 'me')
        ? { ...input, nowMs }
        : { ...input, nowMs, tiles: [...tiles, selfView()] };
    case 'leaves':
      return {
        ...input,
        nowMs,
        tiles: tiles.filter(({ id }) => id !== who),
        speakingIds: without(speakingIds),
      };
    case 'speaks':
      return { ...input, nowMs, speakingIds: who ? [who, ...without(speakingIds)] : speakingIds };
    case 'falls silent':
      return { ...input, nowMs, speakingIds: without(speakingIds) };
    case 'pins':
      return { ...input, nowMs, pinnedId: input.pinnedId ? undefined : who };
    case 'resizes':
      return { ...input, nowMs, widthPx: step.size[0], heightPx: step.size[1] };
    case 'pauses':
      return { ...input, nowMs, speakingIds: [] };
  }
}

/** Plays histories, and checks every turn of them. */
function expectInAnyHistory(
  expectTurn: (turn: Turn) => void,
  expectHistory: (turns: readonly Turn[]) => void = () => {},
) {
  fc.assert(
    fc.property(anyHistory, ({ size, atFirst, steps }) => {
      const tiles = [
        ...Array.from({ length: atFirst }, (_, index) => camera(`first${index}`)),
        ...(atFirst % 3 === 0 ? [] : [selfView()]),
      ];
      const { page: _, ...rest } = stage(size[0], size[1], tiles);
      let input: TileOrderInput = { ...rest, speakingIds: [], nowMs: 0 };
      let order = orderTiles(emptyTileOrder, input);
      const turns: Turn[] = [];
      for (const [index, step] of steps.entries()) {
        const inputBefore = input;
        input = apply(step, input, index);
        const after = orderTiles(order, input);
        const turn = { step, before: order, after, input, inputBefore };
        expectTurn(turn);
        turns.push(turn);
        order = after;
      }
      expectHistory(turns);
    }),
    { numRuns: 500, seed: 20_261_129 },
  );
}

it('keeps all tiles, my camera first, and screens last with the newest at the end', () => {
  expectInAnyHistory(({ after, input }) => {
    expect(ids(after.tiles).toSorted()).toEqual(ids(input.tiles).toSorted());
    expect(after.tiles.map(rank)).toEqual(after.tiles.map(rank).toSorted((a, b) => a - b));
    const screens = (tiles: readonly LayoutTile[]) => ids(tiles.filter(({ kind }) => kind === 'screen'));
    expect(screens(after.tiles)).toEqual(screens(input.tiles));
  });
});

it('moves nothing while all speakers are on the first page', () => {
  expectInAnyHistory(({ step, before, after, input }) => {
    if (step.what !== 'speaks' && step.what !== 'falls silent' && step.what !== 'pauses') return;
    const visible = firstPage(before, input);
    if (input.speakingIds.every((id) => visible.includes(id)))
      expect(ids(after.tiles)).toEqual(ids(before.tiles));
  });
});

it('exchanges hidden speakers for silent participants, one for one, and moves nothing else', () => {
  expectInAnyHistory(({ step, before, after, input }) => {
    if (step.what !== 'speaks' && step.what !== 'falls silent' && step.what !== 'pauses') return;
    const was = firstPage(before, input);
    const is = firstPage(after, input);
    expect(is).toHaveLength(was.length);
    for (const [place, id] of is.entries()) {
      const gone = was[place] ?? '';
      if (id === gone) continue;
      expect(input.speakingIds).toContain(id);
      expect(was).not.toContain(id);
      // The one who had this place is now where the speaker was.
      expect(ids(after.tiles).indexOf(gone)).toBe(ids(before.tiles).indexOf(id));
      expect([gone, input.pinnedId]).not.toEqual([gone, gone]);
      expect(cameras(before)).toContain(gone);
      if (input.speakingIds[0] !== id) expect(input.speakingIds).not.toContain(gone);
    }
  });
});

it('shows the most recent speaker on the first page, unless all places there are held', () => {
  expectInAnyHistory(({ after, input }) => {
    const [speaker] = input.speakingIds;
    const visible = firstPage(after, input);
    const places = after.tiles.filter(
      (tile) => isOtherCamera(tile) && tile.id !== input.pinnedId && visible.includes(tile.id),
    );
    const isOther = after.tiles.some((tile) => tile.id === speaker && isOtherCamera(tile));
    if (!speaker || !isOther || visible.includes(speaker)) return;
    expect(places.length).toBeGreaterThan(0);
    for (const { id } of places) expect(after.heldUntilMs.get(id) ?? 0).toBeGreaterThan(input.nowMs);
  });
});

it('leaves a speaker who was brought forward on the first page for 10 seconds', () => {
  expectInAnyHistory(
    () => {},
    (turns) => {
      for (const [index, { before, after, input }] of turns.entries()) {
        const was = firstPage(before, input);
        const brought = firstPage(after, input).filter(
          (id) => input.speakingIds.includes(id) && !was.includes(id),
        );
        for (const later of turns.slice(index + 1)) {
          if (!['speaks', 'falls silent'].includes(later.step.what)) break;
          if (later.input.nowMs - input.nowMs >= 10_000) break;
          expect(firstPage(later.after, later.input)).toEqual(expect.arrayContaining(brought));
        }
      }
    },
  );
});

it('lets whoever has been silent longest go', () => {
  expectInAnyHistory(({ step, before, after, input }) => {
    if (step.what !== 'speaks') return;
    const was = firstPage(before, input);
    const is = firstPage(after, input);
    const gone = was.filter((id) => !is.includes(id));
    const stayed = before.tiles.filter(
      (tile) =>
        isOtherCamera(tile) &&
        was.includes(tile.id) &&
        is.includes(tile.id) &&
        tile.id !== input.pinnedId &&
        (before.heldUntilMs.get(tile.id) ?? 0) <= input.nowMs,
    );
    const spokeAt = (id: string) => after.spokeAtMs.get(id) ?? -1;
    for (const id of gone)
      for (const other of stayed) expect(spokeAt(id)).toBeLessThanOrEqual(spokeAt(other.id));
  });
});

it('moves nobody when a participant joins, and at most one other when one leaves', () => {
  expectInAnyHistory(({ step, before, input }) => {
    if (step.what !== 'joins' && step.what !== 'leaves') return;
    // Without speakers, because a smaller page may need to bring one forward.
    const after = orderTiles(before, { ...input, speakingIds: [] });
    if (step.what === 'joins') {
      const rest = ids(after.tiles).filter((id) => before.tiles.some((tile) => tile.id === id));
      expect(rest).toEqual(ids(before.tiles));
      return;
    }
    const now = cameras(after);
    const moved = now.filter((id, index) => cameras(before)[index] !== id);
    expect(moved.length).toBeLessThanOrEqual(1);
    if (moved.length > 0) expect(moved[0]).toBe(cameras(before).at(-1));
  });
});

it('changes nothing when it is asked again', () => {
  expectInAnyHistory(({ after, input }) => {
    expect(orderTiles(after, input)).toEqual(after);
  });
});

it('forgets those who left', () => {
  expectInAnyHistory(({ after, input }) => {
    const present = new Set(ids(input.tiles));
    for (const id of [...after.spokeAtMs.keys(), ...after.heldUntilMs.keys()])
      expect(present.has(id)).toBe(true);
  });
});
