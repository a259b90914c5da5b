import type { Size } from './cover.ts';

/** Height of the video for which `radiusPx` is given. Other sizes blur in proportion, so that they look the same. */
const referenceHeightPx = 720;
const leastWidthPx = 8;

/**
 * The widths to which to scale a video in turn until a pixel is as large as the radius. Halves, because browsers skip pixels when
 * they scale down by more.
 */
export function downscalingWidths(
  { width, height }: Size,
  radiusPx: number,
): { halves: number[]; smallest: number } {
  const scale = Math.min(width, height) / referenceHeightPx;
  const pixelPx = Math.max(1, radiusPx * scale);
  const smallest = Math.min(width, Math.max(leastWidthPx, Math.round(width / pixelPx)));
  const halves: number[] = [];
  for (let next = Math.ceil(width / 2); next > smallest; next = Math.ceil(next / 2)) halves.push(next);
  return { halves, smallest };
}
