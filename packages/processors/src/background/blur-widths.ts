/** Height of the video for which `radiusPx` is given. Other sizes blur in proportion, so that they look the same. */
const referenceHeightPx = 720;
const leastWidthPx = 8;

/**
 * The widths to which to scale a video in turn to blur it: halves down to about one pixel per radius, then a step up that
 * rounds off the squares. Scaling works in every browser, unlike `filter` of a canvas, and costs less.
 */
export function blurWidths(width: number, height: number, radiusPx: number): number[] {
  const scale = Math.min(width, height) / referenceHeightPx;
  const smallest = Math.min(width, Math.max(leastWidthPx, Math.round(width / Math.max(1, radiusPx * scale))));
  const widths: number[] = [];
  for (let next = Math.ceil(width / 2); next > smallest; next = Math.ceil(next / 2)) widths.push(next);
  return [...widths, smallest, Math.min(width, smallest * 3)];
}
