import type { Size } from './cover.ts';
import { createCanvas, type Canvas } from './create-canvas.ts';
import { downscalingWidths } from './downscaling-widths.ts';

/** Returns a frame of this size blurred, as a small image to stretch. Valid until the next call. */
type Blur = (frame: CanvasImageSource, size: Size) => CanvasImageSource;

/** How often each pixel becomes the mean of itself and its four neighbors, which together is about a Gaussian blur. */
const passes = 2;
const neighbors = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

/**
 * Blurs frames: scales them down to a pixel per radius, and mixes the pixels there. That works in every browser, unlike `filter` of
 * a canvas, and costs little, because it happens on small images.
 */
export function createBlur(radiusPx: number): Blur {
  const steps: Canvas[] = [];
  const copy = createCanvas();
  return (frame, size) => {
    const withWidth = (width: number): Size => ({
      width,
      height: Math.max(1, Math.round((width * size.height) / size.width)),
    });
    const { halves, smallest } = downscalingWidths(size, radiusPx);
    let source = frame;
    for (const [index, width] of halves.entries()) {
      const step = (steps[index] ??= createCanvas());
      drawScaled(step, source, withWidth(width));
      source = step.canvas;
    }
    const small = (steps[halves.length] ??= createCanvas());
    const mixed = drawScaled(small, source, withWidth(smallest));
    for (let pass = 0; pass < passes; pass += 1) {
      drawScaled(copy, small.canvas, withWidth(smallest));
      for (const [index, [x, y]] of neighbors.entries()) {
        // In the end, all five have the same share.
        mixed.globalAlpha = 1 / (index + 2);
        mixed.drawImage(copy.canvas, x, y);
      }
    }
    return small.canvas;
  };
}

function drawScaled(
  target: Canvas,
  source: CanvasImageSource,
  size: Size,
): OffscreenCanvasRenderingContext2D {
  const context = target.sized(size);
  context.globalAlpha = 1;
  context.imageSmoothingQuality = 'medium';
  context.drawImage(source, 0, 0, size.width, size.height);
  return context;
}
