import { cover, type Size } from './cover.ts';
import { createBlur, type PaintBackground } from './create-blur.ts';
import { createCanvas } from './create-canvas.ts';
import type { Effect } from './effect.ts';
import { modelSize, type Segment } from './load-segmenter.ts';
import { writeAlpha } from './write-alpha.ts';

/** Draws people in front of the effect. The result has the size of the frame. */
export type Paint = (frame: CanvasImageSource, size: Size) => ImageBitmap;

export function createPainter(segment: Segment, effect: Effect): Paint {
  const input = createCanvas({ isRead: true });
  const mask = createCanvas({ isRead: true });
  const output = createCanvas();
  const people = new ImageData(modelSize.width, modelSize.height);
  const paintBackground = effect.kind === 'blur' ? createBlur(effect.radiusPx) : image(effect.image);

  return (frame, size) => {
    const { width, height } = size;
    // Stretched, as the images were with which the model was trained.
    input.sized(modelSize).drawImage(frame, 0, 0, modelSize.width, modelSize.height);
    writeAlpha(segment(input.canvas), people.data);
    mask.sized(modelSize).putImageData(people, 0, 0);

    const context = output.sized(size);
    context.imageSmoothingQuality = 'high';
    context.globalCompositeOperation = 'copy';
    context.drawImage(mask.canvas, 0, 0, width, height);
    context.globalCompositeOperation = 'source-in';
    context.drawImage(frame, 0, 0, width, height);
    context.globalCompositeOperation = 'destination-over';
    paintBackground(context, frame, size);
    return output.canvas.transferToImageBitmap();
  };
}

function image(bitmap: ImageBitmap): PaintBackground {
  return (context, _frame, size) => {
    const { x, y, width, height } = cover(bitmap, size);
    context.drawImage(bitmap, x, y, width, height);
  };
}
