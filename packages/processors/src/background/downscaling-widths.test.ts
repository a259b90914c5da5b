import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { downscalingWidths } from './downscaling-widths.ts';

describe('downscalingWidths', () => {
  it('halves a video until a pixel is as large as the radius', () => {
    expect(downscalingWidths({ width: 1280, height: 720 }, 20)).toEqual({
      halves: [640, 320, 160, 80],
      smallest: 64,
    });
  });

  it('blurs a smaller video in proportion', () => {
    const { smallest } = downscalingWidths({ width: 640, height: 360 }, 20);
    expect(smallest).toBe(64);
  });

  it('blurs a portrait video as strongly as a landscape one', () => {
    const landscape = downscalingWidths({ width: 1280, height: 720 }, 20);
    const portrait = downscalingWidths({ width: 720, height: 1280 }, 20);
    expect(720 / portrait.smallest).toBeCloseTo(1280 / landscape.smallest, 5);
  });

  it('never skips pixels, enlarges, or scales below eight pixels, whatever the size and radius', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4096 }),
        fc.integer({ min: 1, max: 4096 }),
        fc.double({ min: 0, max: 1000, noNaN: true }),
        (width, height, radiusPx) => {
          const { halves, smallest } = downscalingWidths({ width, height }, radiusPx);
          const steps = [width, ...halves, smallest];
          for (const [index, step] of steps.slice(1).entries()) {
            const before = steps[index] ?? 0;
            expect(step).toBeLessThanOrEqual(before);
            expect(before).toBeLessThanOrEqual(step * 2);
          }
          expect(smallest).toBeGreaterThanOrEqual(Math.min(width, 8));
        },
      ),
    );
  });
});
