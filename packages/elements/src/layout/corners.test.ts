import { expect, it } from 'vitest';
import { floatingCornerNear } from './corners.ts';
import { layOut } from './lay-out.ts';
import { people, stage } from './testing/stages.ts';

it.each([
  [10, 10, 'top-start', 'top-end'],
  [399, 149, 'top-start', 'top-end'],
  [400, 150, 'bottom-end', 'bottom-start'],
  [790, 10, 'top-end', 'top-start'],
  [10, 290, 'bottom-start', 'bottom-end'],
  [-50, 900, 'bottom-start', 'bottom-end'],
] as const)('snaps %i, %i to %s, and to %s from right to left', (xPx, yPx, corner, mirroredCorner) => {
  const size = { widthPx: 800, heightPx: 300 };
  expect(floatingCornerNear({ xPx, yPx }, size)).toBe(corner);
  expect(floatingCornerNear({ xPx, yPx }, size, true)).toBe(mirroredCorner);
});

it('leaves a self-view where it is when it is dropped there', () => {
  for (const isRightToLeft of [false, true])
    for (const floatingCorner of ['top-start', 'top-end', 'bottom-start', 'bottom-end'] as const) {
      const input = stage(390, 700, people(2), { floatingCorner, isRightToLeft });
      const { xPx, yPx, widthPx, heightPx } = layOut(input).placed.find(
        ({ role }) => role === 'floating',
      ) ?? {
        xPx: 0,
        yPx: 0,
        widthPx: 0,
        heightPx: 0,
      };
      const centre = { xPx: xPx + widthPx / 2, yPx: yPx + heightPx / 2 };
      expect(floatingCornerNear(centre, input, isRightToLeft)).toBe(floatingCorner);
    }
});
