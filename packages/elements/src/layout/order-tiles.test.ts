import { expect, it } from 'vitest';
import { layOut } from './lay-out.ts';
import type { LayoutInput, LayoutTile } from './layout.ts';
import { emptyTileOrder, orderTiles, type TileOrder } from './order-tiles.ts';
import { camera, people, screen, selfView, stage } from './testing/stages.ts';

const phone = (tiles: readonly LayoutTile[]) => stage(390, 700, tiles);

function order(
  before: TileOrder,
  { page: _, ...input }: LayoutInput,
  speakingIds: readonly string[] = [],
  nowMs = 0,
): TileOrder {
  return orderTiles(before, { ...input, speakingIds, nowMs });
}

const ids = ({ tiles }: TileOrder) => tiles.map(({ id }) => id).join(' ');
const firstNine = 'me p1 p2 p3 p4 p5 p6 p7 p8';

it('puts my camera first and screens last, and others in the order in which they came', () => {
  const first = order(emptyTileOrder, phone([screen('s1'), camera('a'), selfView(), camera('b')]));
  expect(ids(first)).toBe('me a b s1');
  expect(ids(order(first, phone([camera('c'), screen('s2'), ...first.tiles])))).toBe('me a b c s1 s2');
});

it('gives the last camera the place of one that leaves', () => {
  const before = order(emptyTileOrder, phone([...people(6), screen('s')]));
  const leave = (...gone: string[]) =>
    ids(order(before, phone(before.tiles.filter(({ id }) => !gone.includes(id)))));
  expect(leave('p2')).toBe('me p1 p5 p3 p4 s');
  expect(leave('p5')).toBe('me p1 p2 p3 p4 s');
  expect(leave('p1', 'p2')).toBe('me p5 p4 p3 s');
  expect(leave('p1', 'p5')).toBe('me p4 p2 p3 s');
  expect(leave('p4', 'p5')).toBe('me p1 p2 p3 s');
  expect(leave('s')).toBe('me p1 p2 p3 p4 p5');
  expect(leave('me', 'p3')).toBe('p1 p2 p5 p4 s');
});

it('keeps the newest version of a tile', () => {
  const before = order(emptyTileOrder, phone([camera('a', 1), camera('b', 1)]));
  const after = order(before, phone([camera('b', 2), camera('a', 3)]));
  expect(after.tiles).toEqual([camera('a', 3), camera('b', 2)]);
});

it('exchanges a hidden speaker for the last one on the page if nobody there has spoken yet', () => {
  const before = order(emptyTileOrder, phone(people(12)));
  expect(ids(order(before, phone(people(12)), ['p10'], 1))).toBe('me p1 p2 p3 p4 p5 p6 p7 p10 p9 p8 p11');
});

it('keeps those who spoke last, and exchanges the one who has been silent longest', () => {
  const input = phone(people(10));
  let now = order(emptyTileOrder, input);
  // From the last to the first, so that the one who has been silent longest is the last one.
  for (const [index, id] of ['p4', 'p8', 'p7', 'p6', 'p5', 'p3', 'p2', 'p1'].entries())
    now = order(now, input, [id], index + 1);
  expect(ids(now)).toBe(`${firstNine} p9`);
  expect(ids(order(now, input, ['p9'], 100))).toBe('me p1 p2 p3 p9 p5 p6 p7 p8 p4');
});

it('brings several hidden speakers forward in one step', () => {
  const input = phone(people(12));
  const before = order(emptyTileOrder, input);
  expect(ids(order(before, input, ['p11', 'p9'], 1))).toBe('me p1 p2 p3 p4 p5 p6 p9 p11 p7 p10 p8');
});

it('brings only the most recent speaker forward while all others are speaking, in the place of the least recent', () => {
  const input = phone(people(11));
  const before = order(emptyTileOrder, input);
  const visible = ['p1', 'p2', 'p3', 'p5', 'p6', 'p7', 'p8', 'p4'];
  expect(ids(order(before, input, ['p9', ...visible], 1))).toBe('me p1 p2 p3 p9 p5 p6 p7 p8 p4 p10');
  expect(ids(order(before, input, [...visible, 'p9'], 1))).toBe(ids(before));
});

it('lets a second speaker wait until the place has been held for 10 seconds', () => {
  // My camera and one more fit into this picture-in-picture window.
  const input = stage(200, 150, people(4));
  const first = order(order(emptyTileOrder, input), input, ['p3'], 1_000);
  expect(ids(first)).toBe('me p3 p2 p1');
  expect(first.heldUntilMs).toEqual(new Map([['p3', 11_000]]));
  const waiting = order(first, input, ['p2'], 10_999);
  expect(ids(waiting)).toBe('me p3 p2 p1');
  expect(ids(order(waiting, input, ['p2'], 11_000))).toBe('me p2 p3 p1');
});

it('lets a speaker who was brought forward stay in silence as long as nobody needs the place', () => {
  const input = stage(200, 150, people(4));
  const first = order(order(emptyTileOrder, input), input, ['p3'], 1_000);
  expect(ids(order(first, input, [], 3_600_000))).toBe('me p3 p2 p1');
});

it('leaves a pinned tile and my own where they are', () => {
  const input = { ...stage(640, 300, people(9)), pinnedId: 'p1' };
  const before = order(emptyTileOrder, input);
  const visible = layOut({ ...input, tiles: before.tiles }).placed.map(({ id }) => id);
  expect(visible).toEqual(['p1', 'me', 'p2', 'p3']);
  expect(ids(order(before, input, ['p8'], 1))).toBe('me p1 p2 p8 p4 p5 p6 p7 p3');
  expect(ids(order(before, input, ['p8', 'p7'], 1))).toBe('me p1 p7 p8 p4 p5 p6 p2 p3');
  expect(ids(order(before, input, ['p8', 'p7', 'p6'], 1))).toBe('me p1 p7 p8 p4 p5 p6 p2 p3');
});

it('ignores speakers without a tile, screens, and my own voice', () => {
  const input = stage(640, 300, [...people(9), screen('s1'), screen('s2'), screen('s3'), screen('s4')]);
  const before = order(emptyTileOrder, input);
  const after = order(before, input, ['gone', 'me', 's3'], 1);
  expect(ids(after)).toBe(ids(before));
  expect(after.spokeAtMs.has('gone')).toBe(false);
});
