import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { layOut } from './lay-out.ts';
import type { LayoutInput } from './layout.ts';
import { allPages, anyStage, coverage, people, screen, stage } from './testing/stages.ts';

// Thousands of examples take a while on a slow machine.
vi.setConfig({ testTimeout: 60_000 });

/** Tries all numbers of columns and rows with many shapes of tiles, and returns the best coverage. */
function bestByForce(count: number, { widthPx, heightPx }: LayoutInput): number {
  const gapPx = Math.min(widthPx, heightPx) < 600 ? 8 : 12;
  let best = 0;
  for (let columns = 1; columns <= count; columns++)
    for (let rows = Math.ceil(count / columns); rows <= count; rows++) {
      if (columns * rows - count >= columns && columns * rows - count >= rows) continue;
      for (let step = 0; step <= 60; step++) {
        const aspect = 3 / 4 + (step / 60) * (16 / 9 - 3 / 4);
        const width = Math.min(
          (widthPx - (columns - 1) * gapPx) / columns,
          ((heightPx - (rows - 1) * gapPx) / rows) * aspect,
        );
        if (width <= 0) break;
        best = Math.max(best, (count * width * width) / aspect / (widthPx * heightPx));
      }
    }
  return best;
}

it('covers at least 90 % of what the best grid covers, on thousands of stages and all of their pages', () => {
  const ratios: number[] = [];
  fc.assert(
    fc.property(anyStage, ({ widthPx, heightPx, tiles }) => {
      const cameras = tiles.filter(({ kind }) => kind === 'camera');
      const input = stage(Math.floor(widthPx), Math.floor(heightPx), cameras);
      if (layOut(input).mode !== 'grid') return;
      const pages = allPages(input);
      const distinct = [...new Map(pages.map((page) => [page.length, page])).values()];
      for (const page of distinct) {
        const ratio = coverage(page, input) / bestByForce(page.length, input);
        ratios.push(ratio);
      }
    }),
    { numRuns: 4_000, seed: 20_261_129 },
  );
  const sorted = ratios.toSorted((a, b) => a - b);
  expect(sorted.length).toBeGreaterThan(3_000);
  // What is missing comes from whole pixels, and from preferring tall tiles on tall stages.
  expect(sorted[0]).toBeGreaterThan(0.93);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeGreaterThan(0.99);
});

it.each([
  ['a desktop', 1440, 756, { 2: 0.99, 3: 0.815, 5: 0.8, 6: 0.965, 9: 0.87 }],
  ['a desktop without bars', 1440, 900, { 2: 0.99, 3: 0.73, 5: 0.805, 6: 0.965, 9: 0.955 }],
  ['a phone', 390, 700, { 2: 0.985, 3: 0.975, 4: 0.71, 5: 0.795, 6: 0.955, 7: 0.825, 8: 0.945, 9: 0.835 }],
  ['a phone on its side', 740, 322, { 3: 0.97 }],
  ['a tablet', 768, 940, { 3: 0.725 }],
] as const)('covers most of %s', (_, widthPx, heightPx, expected) => {
  for (const [count, least] of Object.entries(expected)) {
    // With my camera, two would not be in a grid.
    const tiles = people(Number(count)).map((tile) => ({ ...tile, isSelf: false }));
    const { placed } = layOut(stage(widthPx, heightPx, tiles));
    expect(placed).toHaveLength(Number(count));
    expect(coverage(placed, { widthPx, heightPx })).toBeGreaterThanOrEqual(least);
  }
});

it.each([
  [1440, 900, 0.8],
  [1440, 780, 0.8],
  [3840, 2160, 0.85],
  [390, 700, 0.8],
  [640, 300, 0.75],
  [768, 1024, 0.8],
])('gives a shared screen most of a stage of %i × %i px', (widthPx, heightPx, least) => {
  const { placed } = layOut(stage(widthPx, heightPx, [...people(9), screen('screen')]));
  const large = placed.filter(({ role }) => role === 'focus');
  expect(coverage(large, { widthPx, heightPx })).toBeGreaterThanOrEqual(least);
  expect(coverage(placed, { widthPx, heightPx })).toBeGreaterThanOrEqual(0.9);
});
