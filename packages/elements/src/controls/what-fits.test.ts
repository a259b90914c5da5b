import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { whatFits, type BarItem } from './what-fits.ts';

const item = (id: string, widePx: number, compactPx = 48): BarItem => ({ id, widePx, compactPx });
const items = [
  item('microphone', 100),
  item('chat', 70),
  item('hand', 90),
  item('more', 60),
  item('leave', 70),
];
const leaving = ['hand', 'chat'];
const fit = (roomPx: number) => whatFits(items, leaving, { roomPx, gapPx: 8, compactGapPx: 6 });

describe('a bar', () => {
  it('shows everything with its words as long as that fits', () => {
    expect(fit(422)).toEqual({ isCompact: false, away: [] });
  });

  it('first loses its words', () => {
    expect(fit(421)).toEqual({ isCompact: true, away: [] });
    expect(fit(264)).toEqual({ isCompact: true, away: [] });
  });

  it('then moves buttons into the menu, in their order', () => {
    expect(fit(263).away).toEqual(['hand']);
    expect(fit(210).away).toEqual(['hand']);
    expect(fit(209).away).toEqual(['hand', 'chat']);
  });

  it('keeps what must stay, however narrow it is', () => {
    expect(fit(0).away).toEqual(['hand', 'chat']);
  });

  it('never hides more in a wider bar than in a narrower one', () => {
    const widths = fc.array(fc.tuple(fc.integer({ min: 40, max: 200 }), fc.integer({ min: 20, max: 40 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(widths, fc.nat(1_500), fc.nat(300), (pairs, roomPx, morePx) => {
        const bar = pairs.map(([widePx, compactPx], index) => item(`${index}`, widePx, compactPx));
        const order = bar.map(({ id }) => id);
        const gaps = { gapPx: 8, compactGapPx: 6 };
        const narrow = whatFits(bar, order, { roomPx, ...gaps });
        const wide = whatFits(bar, order, { roomPx: roomPx + morePx, ...gaps });
        expect(wide.away.length).toBeLessThanOrEqual(narrow.away.length);
        expect(Number(wide.isCompact)).toBeLessThanOrEqual(Number(narrow.isCompact));
      }),
    );
  });
});
