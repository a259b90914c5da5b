import fc from 'fast-check';
import { layOut } from '../lay-out.ts';
import type { LayoutInput, LayoutTile, Place, PlacedTile } from '../layout.ts';

/** A camera of another participant. */
export function camera(id: string, aspect: number | undefined = 16 / 9): LayoutTile {
  return { id, kind: 'camera', isSelf: false, aspect };
}

/** My camera. */
export function selfView(aspect: number | undefined = 16 / 9): LayoutTile {
  return { id: 'me', kind: 'camera', isSelf: true, aspect };
}

/** A screen of another participant, or my own. */
export function screen(id: string, isSelf = false): LayoutTile {
  return { id, kind: 'screen', isSelf, aspect: 16 / 10 };
}

/** So many tiles, of which the first one is my camera. */
export function people(count: number): readonly LayoutTile[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? selfView() : camera(`p${index}`)));
}

/** A stage with tiles, and defaults for everything else. */
export function stage(
  widthPx: number,
  heightPx: number,
  tiles: readonly LayoutTile[],
  rest: Partial<LayoutInput> = {},
): LayoutInput {
  return { widthPx, heightPx, tiles, pinnedId: undefined, page: 0, ...rest };
}

const anyAspect = fc.option(fc.double({ min: 0.3, max: 3, noNaN: true }), { nil: undefined });

/** Whole and fractional lengths, with more small ones than large ones. */
function anyLength(leastPx: number, mostPx: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: leastPx, max: Math.min(mostPx, 1000) }),
    fc.integer({ min: leastPx, max: mostPx }),
    fc.double({ min: leastPx, max: mostPx, noNaN: true }),
  );
}

/** Up to 60 cameras, with or without mine, and up to three screens. */
const anyTiles: fc.Arbitrary<readonly LayoutTile[]> = fc
  .record({
    others: fc.oneof(
      fc.array(anyAspect, { maxLength: 4 }),
      fc.array(anyAspect, { maxLength: 59, size: 'max' }),
    ),
    self: fc.option(anyAspect, { nil: 'none' as const }),
    screens: fc.oneof(fc.constant<number[]>([]), fc.array(fc.nat(3), { maxLength: 3 })),
  })
  .map(({ others, self, screens }) => [
    ...(self === 'none' ? [] : [{ ...selfView(), aspect: self }]),
    ...others.map((aspect, index) => ({ ...camera(`p${index}`), aspect })),
    ...screens.map((owner, index) => screen(`s${index}`, owner === 0)),
  ]);

/** Any stage from a picture-in-picture window to 4K. */
export const anyStage: fc.Arbitrary<LayoutInput> = anyTiles.chain((tiles) =>
  fc.record({
    widthPx: anyLength(200, 3840),
    heightPx: anyLength(150, 2160),
    tiles: fc.constant(tiles),
    pinnedId: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom('gone', ...tiles.map(({ id }) => id)) },
    ),
    page: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 70 })),
    floatingCorner: fc.constantFrom(undefined, 'top-start', 'top-end', 'bottom-start', 'bottom-end'),
    isRightToLeft: fc.boolean(),
    insets: fc.option(fc.record({ topPx: anyLength(0, 90), bottomPx: anyLength(0, 120) }), {
      nil: undefined,
    }),
  }),
);

/** Returns the tiles on each page, page by page. */
export function allPages(input: LayoutInput): readonly (readonly PlacedTile[])[] {
  const { pageCount } = layOut({ ...input, page: 0 });
  return Array.from({ length: pageCount }, (_, page) => layOut({ ...input, page }).placed);
}

/** Whether two places are closer to each other than a gap. A gap of 0 asks whether they overlap. */
export function areCloserThan(gapPx: number, a: Place, b: Place): boolean {
  return (
    a.xPx < b.xPx + b.widthPx + gapPx &&
    b.xPx < a.xPx + a.widthPx + gapPx &&
    a.yPx < b.yPx + b.heightPx + gapPx &&
    b.yPx < a.yPx + a.heightPx + gapPx
  );
}

/** Returns the part of a stage that places cover, from 0 to 1. */
export function coverage(
  places: readonly Place[],
  { widthPx, heightPx }: Pick<Place, 'widthPx' | 'heightPx'>,
): number {
  return places.reduce((sum, place) => sum + place.widthPx * place.heightPx, 0) / (widthPx * heightPx);
}
