import { expect, it } from 'vitest';
import { layOut } from './lay-out.ts';
import { allPages, camera, people, screen, selfView, stage } from './testing/stages.ts';

const desktop = [1440, 900] as const;

/** Lists places as `id role x y width height`. */
function list({ placed, more }: ReturnType<typeof layOut>): readonly string[] {
  return [
    ...placed.map(({ id, role, xPx, yPx, widthPx, heightPx }) =>
      [id, role, xPx, yPx, widthPx, heightPx].join(' '),
    ),
    ...(more ? [`+${more.count} ${more.xPx} ${more.yPx} ${more.widthPx} ${more.heightPx}`] : []),
  ];
}

it('shows nothing on an empty stage', () => {
  expect(layOut(stage(...desktop, []))).toEqual({
    mode: 'empty',
    placed: [],
    page: 0,
    pageCount: 1,
    more: undefined,
  });
});

it.each([
  [1440, 900, 'me grid 0 0 1440 900'],
  [740, 330, 'me grid 77 0 586 330'],
  [390, 700, 'me grid 0 90 390 520'],
])('shows me in the middle of %i × %i px while I am alone', (widthPx, heightPx, place) => {
  const layout = layOut(stage(widthPx, heightPx, [selfView()]));
  expect(layout.mode).toBe('alone');
  expect(list(layout)).toEqual([place]);
});

it('shows the other participant on the whole stage and me floating in the lower end corner', () => {
  const layout = layOut(stage(...desktop, [selfView(), camera('ada')]));
  expect(layout.mode).toBe('one-to-one');
  expect(list(layout)).toEqual(['ada focus 0 0 1440 900', 'me floating 1128 719 300 169']);
});

it('leaves the other participant on the whole stage when my camera has no tile', () => {
  const layout = layOut(stage(...desktop, [camera('ada')]));
  expect(layout.mode).toBe('one-to-one');
  expect(list(layout)).toEqual(['ada focus 0 0 1440 900']);
});

it.each([
  ['top-start', false, 'me floating 12 62 300 169'],
  ['top-end', false, 'me floating 1128 62 300 169'],
  ['bottom-start', false, 'me floating 12 769 300 169'],
  ['bottom-end', false, 'me floating 1128 769 300 169'],
  ['top-start', true, 'me floating 1128 62 300 169'],
  ['bottom-end', true, 'me floating 12 769 300 169'],
] as const)('floats me at %s, right to left: %s, beside the bars', (floatingCorner, isRightToLeft, place) => {
  const insets = { topPx: 50, bottomPx: 80 };
  const layout = layOut(
    stage(1440, 1030, [selfView(), camera('ada')], { floatingCorner, isRightToLeft, insets }),
  );
  expect(list(layout)).toEqual(['ada focus 0 0 1440 1030', place]);
});

it.each([
  ['a camera in portrait on a phone', 390, 700, 9 / 16, 'me floating 286 521 96 171'],
  ['a camera in landscape on a phone', 390, 700, 16 / 9, 'me floating 211 596 171 96'],
  ['a small square', 500, 1000, 1, 'me floating 367 867 125 125'],
  ['a panorama', 500, 1000, 5, 'me floating 321 896 171 96'],
  ['a very narrow video', 1440, 900, 0.2, 'me floating 1259 588 169 300'],
  ['no video on a tall stage', 390, 700, undefined, 'me floating 286 564 96 128'],
  ['no video on a wide stage', 1440, 900, undefined, 'me floating 1128 719 300 169'],
  ['picture-in-picture', 200, 150, 9 / 16, 'me floating 150 67 42 75'],
  ['a narrow window', 200, 400, 16 / 9, 'me floating 92 336 100 56'],
])('gives the floating self-view a sensible size: %s', (_, widthPx, heightPx, aspect, place) => {
  const tiles = [{ ...selfView(), aspect }, camera('ada')];
  expect(list(layOut(stage(widthPx, heightPx, tiles)))[1]).toBe(place);
});

it.each([
  ['three participants', people(3)],
  ['two others', [camera('a'), camera('b')]],
  ['my own screen', [selfView(), camera('a'), screen('mine', true)]],
  ['my own screen alone', [screen('mine', true)]],
  ['me at two endpoints', [selfView(), { ...selfView(), id: 'me too' }]],
  ['me at two endpoints and another one', [selfView(), { ...selfView(), id: 'me too' }, camera('a')]],
])('shows a grid for %s', (_, tiles) => {
  expect(layOut(stage(...desktop, tiles)).mode).toBe('grid');
});

it('puts the last row of a grid in the middle', () => {
  expect(list(layOut(stage(...desktop, people(5))))).toEqual([
    'me grid 0 0 472 444',
    'p1 grid 484 0 472 444',
    'p2 grid 968 0 472 444',
    'p3 grid 242 456 472 444',
    'p4 grid 726 456 472 444',
  ]);
});

it.each([
  ['four on a phone two by two', 390, 700, 4, 191, 254],
  ['three on a tablet in two rows', 768, 1024, 3, 378, 504],
  ['two on a phone one below the other', 390, 700, 2, 390, 346],
  ['seven on a square stage in three columns', 600, 600, 7, 192, 192],
  ['three on a desktop side by side', 1280, 720, 3, 418, 558],
])('shows %s', (_, widthPx, heightPx, count, tileWidthPx, tileHeightPx) => {
  const tiles = people(count).map((tile) => ({ ...tile, isSelf: false }));
  const [first] = layOut(stage(widthPx, heightPx, tiles)).placed;
  expect(first).toMatchObject({ widthPx: tileWidthPx, heightPx: tileHeightPx });
});

it('puts a grid in the middle of what bars leave', () => {
  const insets = { topPx: 40, bottomPx: 80 };
  expect(list(layOut(stage(1440, 600, people(3), { insets })))).toEqual([
    'me grid 1 40 474 480',
    'p1 grid 483 40 474 480',
    'p2 grid 965 40 474 480',
  ]);
});

it('shows as many participants as are legible, and the rest on further pages', () => {
  const tiles = people(25);
  const page = (number: number) => layOut(stage(390, 700, tiles, { page: number }));
  expect([0, 1, 2].map((number) => page(number).placed.length)).toEqual([9, 9, 7]);
  expect(page(2)).toMatchObject({ page: 2, pageCount: 3, more: undefined });
});

it('shows other participants before me where there is room for one tile', () => {
  const pages = allPages(stage(200, 75, people(3)));
  expect(pages.map((page) => page.map(({ id }) => id))).toEqual([['p1'], ['p2'], ['me']]);
  expect(layOut(stage(200, 150, people(3))).placed.map(({ id }) => id)).toEqual(['me', 'p1']);
});

it('shows a shared screen with a filmstrip beside it that ends in “+N”', () => {
  const layout = layOut(stage(...desktop, [...people(9), screen('screen')]));
  expect(layout).toMatchObject({ mode: 'focus', page: 0, pageCount: 2 });
  expect(list(layout)).toEqual([
    'screen focus 0 0 1212 900',
    'me strip 1224 0 216 130',
    'p1 strip 1224 142 216 130',
    'p2 strip 1224 284 216 130',
    'p3 strip 1224 426 216 130',
    'p4 strip 1224 568 216 130',
    'p5 strip 1224 710 216 130',
    '+3 1224 852 216 48',
  ]);
});

it('keeps the size of tiles and the place of “+N” on the last page of a filmstrip', () => {
  const layout = layOut(stage(...desktop, [...people(9), screen('screen')], { page: 1 }));
  expect(list(layout)).toEqual([
    'screen focus 0 0 1212 900',
    'p6 strip 1224 0 216 130',
    'p7 strip 1224 142 216 130',
    'p8 strip 1224 284 216 130',
    '+6 1224 852 216 48',
  ]);
});

it('shows the filmstrip below a shared screen on a tall stage', () => {
  expect(
    list(layOut(stage(390, 700, [...people(9), screen('screen')], { insets: { topPx: 0, bottomPx: 80 } }))),
  ).toEqual([
    'screen focus 0 0 390 516',
    'me strip 0 524 106 96',
    'p1 strip 114 524 106 96',
    'p2 strip 228 524 106 96',
    '+6 342 524 48 96',
  ]);
});

it('shows a filmstrip without “+N” in the middle if all fit', () => {
  expect(list(layOut(stage(...desktop, [...people(2), screen('screen')])))).toEqual([
    'screen focus 0 0 1212 900',
    'me strip 1224 156 216 288',
    'p1 strip 1224 456 216 288',
  ]);
});

it.each([
  [1500, 1000, 'beside'],
  [1499, 1000, 'below'],
])('puts the filmstrip of %i × %i px %s', (widthPx, heightPx, side) => {
  const [large] = layOut(stage(widthPx, heightPx, [...people(2), screen('screen')])).placed;
  expect(large?.heightPx === heightPx ? 'beside' : 'below').toBe(side);
});

it.each([
  ['a phone on its side', 640, 300, 'screen focus 0 0 520 300'],
  ['4K', 3840, 2160, 'screen focus 0 0 3508 2160'],
  ['a small window', 320, 480, 'screen focus 0 0 320 376'],
  ['a tall wall', 2160, 3840, 'screen focus 0 0 2160 3588'],
  ['picture-in-picture', 200, 150, 'screen focus 0 0 200 75'],
  ['a tiny window', 200, 75, 'screen focus 0 0 100 75'],
])('gives the filmstrip a sensible thickness: %s', (_, widthPx, heightPx, place) => {
  expect(list(layOut(stage(widthPx, heightPx, [...people(9), screen('screen')])))[0]).toBe(place);
});

it('shortens “+N” in a tiny filmstrip', () => {
  expect(list(layOut(stage(200, 75, [...people(9), screen('screen')]))).slice(1)).toEqual([
    'p1 strip 117 0 74 42',
    '+8 108 50 92 25',
  ]);
});

it('gives a large tile without company the whole area', () => {
  const insets = { topPx: 10, bottomPx: 20 };
  expect(layOut(stage(...desktop, [screen('screen')], { insets }))).toEqual({
    mode: 'focus',
    placed: [{ id: 'screen', role: 'focus', xPx: 0, yPx: 10, widthPx: 1440, heightPx: 870 }],
    page: 0,
    pageCount: 1,
    more: undefined,
  });
});

it('puts screens first into a filmstrip, then me, then others, and my own screen last', () => {
  const tiles = [...people(3), screen('mine', true), screen('s1'), screen('s2'), screen('s3')];
  const order = (pinnedId?: string) =>
    layOut(stage(...desktop, tiles, { pinnedId }))
      .placed.map(({ id }) => id)
      .join(' ');
  expect(order()).toBe('s3 s1 s2 me p1 p2 mine');
  expect(order('s1')).toBe('s1 s2 s3 me p1 p2 mine');
  expect(order('p1')).toBe('p1 s1 s2 s3 me p2 mine');
  expect(order('mine')).toBe('mine s1 s2 s3 me p1 p2');
});

it('keeps a place for me and a speaker in a filmstrip, however many screens there are', () => {
  const tiles = [...people(9), ...[1, 2, 3, 4].map((index) => screen(`s${index}`))];
  const page = (widthPx: number, heightPx: number) =>
    layOut(stage(widthPx, heightPx, tiles))
      .placed.map(({ id }) => id)
      .join(' ');
  expect(page(640, 300)).toBe('s4 s1 me p1');
  expect(page(390, 700)).toBe('s4 s1 me p1');
  expect(page(320, 320)).toBe('s4 me p1');
  expect(page(200, 75)).toBe('s4 p1');
});

it('rounds “+N” down to whole pixels', () => {
  const { more } = layOut(stage(200, 77, [...people(9), screen('screen')]));
  expect(more).toEqual({ xPx: 108, yPx: 52, widthPx: 92, heightPx: 25, count: 8 });
});

it('lays a hidden stage out as a tiny one', () => {
  for (const tiles of [people(1), people(2), people(9), [...people(9), screen('screen')]]) {
    const { placed, more } = layOut(stage(0, 0, tiles));
    const places = more ? [...placed.slice(1), more] : placed.slice(1);
    for (const { xPx, yPx, widthPx, heightPx } of places)
      for (const px of [xPx, yPx, widthPx, heightPx]) expect(px >= 0 && px <= 64).toBe(true);
    expect(placed.length).toBeGreaterThan(0);
  }
});
