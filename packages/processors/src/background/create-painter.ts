import { blurWidths } from './blur-widths.ts';
import { createCanvas } from './create-canvas.ts';
import type { Effect } from './effect.ts';
import { contain, cover, type Size } from './fit.ts';
import { modelSize, type Segment } from './load-segmenter.ts';
import { writeAlpha } from './write-alpha.ts';

/** Draws people in front of the effect. The result has the size of the frame. */
export type Paint = (frame: CanvasImageSource, size: Size) => ImageBitmap;

/** Draws a background of this size below what `context` has. */
type PaintBackground = (
  context: OffscreenCanvasRenderingContext2D,
  frame: CanvasImageSource,
  size: Size,
) => void;

export function createPainter(segment: Segment, effect: Effect): Paint {
  const input = createCanvas({ isRead: true });
  const mask = createCanvas({ isRead: true });
  const output = createCanvas();
  const people = new ImageData(modelSize.width, modelSize.height);
  const paintBackground = effect.kind === 'blur' ? blur(effect.radiusPx) : image(effect.image);

  return (frame, size) => {
    const { width, height } = size;
    // Proportions matter to the model, so a frame of other proportions has bars.
    const inside = contain(size, modelSize);
    const small = input.sized(modelSize);
    small.clearRect(0, 0, modelSize.width, modelSize.height);
    small.drawImage(frame, inside.x, inside.y, inside.width, inside.height);
    writeAlpha(segment(input.canvas), people.data);
    mask.sized(modelSize).putImageData(people, 0, 0);

    const context = output.sized(size);
    context.imageSmoothingQuality = 'high';
    context.globalCompositeOperation = 'copy';
    context.drawImage(
      mask.canvas,
      inside.x,
      inside.y,
      inside.width,
      inside.height,
      ...([0, 0, width, height] as const),
    );
    context.globalCompositeOperation = 'source-in';
    context.drawImage(frame, 0, 0, width, height);
    context.globalCompositeOperation = 'destination-over';
    paintBackground(context, frame, size);
    return output.canvas.transferToImageBitmap();
  };
}

function blur(radiusPx: number): PaintBackground {
  const canvases = new Map<number, ReturnType<typeof createCanvas>>();
  return (context, frame, { width, height }) => {
    let scaled = frame;
    const widths = blurWidths(width, height, radiusPx);
    for (const [step, stepWidth] of widths.entries()) {
      const canvas = canvases.get(step) ?? createCanvas();
      canvases.set(step, canvas);
      const stepHeight = Math.max(1, Math.round((stepWidth * height) / width));
      canvas.sized({ width: stepWidth, height: stepHeight }).drawImage(scaled, 0, 0, stepWidth, stepHeight);
      scaled = canvas.canvas;
    }
    context.drawImage(scaled, 0, 0, width, height);
  };
}

function image(bitmap: ImageBitmap): PaintBackground {
  return (context, _frame, size) => {
    const { x, y, width, height } = cover(bitmap, size);
    context.drawImage(bitmap, x, y, width, height);
  };
}
