import { cover, type Size } from './cover.ts';
import { createBlur } from './create-blur.ts';
import { createCanvas } from './create-canvas.ts';
import type { Effect } from './effect.ts';
import { modelSize, type Segment } from './load-segmenter.ts';
import { writeAlpha } from './write-alpha.ts';

/** Draws people in front of the effect. The result has the size of the frame. */
export type Paint = (frame: CanvasImageSource, size: Size) => ImageBitmap;

/** Replaces all but the people in the frame that `context` has. `people` is opaque where people are, in the model's size. */
type Replace = (context: OffscreenCanvasRenderingContext2D, people: CanvasImageSource, size: Size) => void;

export function createPainter(segment: Segment, effect: Effect): Paint {
  const input = createCanvas({ isRead: true });
  const mask = createCanvas({ isRead: true });
  const output = createCanvas();
  const people = new ImageData(modelSize.width, modelSize.height);
  const replace = effect.kind === 'blur' ? withBlur(effect.radiusPx) : withImage(effect.image);

  return (frame, size) => {
    const context = output.sized(size);
    context.globalCompositeOperation = 'copy';
    // Only once, because it converts the frame's colors.
    context.drawImage(frame, 0, 0, size.width, size.height);
    // Stretched, as the images were with which the model was trained.
    input.sized(modelSize).drawImage(output.canvas, 0, 0, modelSize.width, modelSize.height);
    writeAlpha(segment(input.canvas), people.data);
    mask.sized(modelSize).putImageData(people, 0, 0);
    replace(context, mask.canvas, size);
    return output.canvas.transferToImageBitmap();
  };
}

/** Cuts people out of the blurred frame while it is small, which leaves one operation in full size. */
function withBlur(radiusPx: number): Replace {
  const blur = createBlur(radiusPx);
  const covered = createCanvas();
  const { width, height } = modelSize;
  return (context, people, size) => {
    const blurred = blur(context.canvas, size);
    const target = covered.sized(modelSize);
    target.globalCompositeOperation = 'copy';
    target.drawImage(blurred, 0, 0, width, height);
    target.globalCompositeOperation = 'destination-out';
    target.drawImage(people, 0, 0, width, height);
    context.globalCompositeOperation = 'source-over';
    context.drawImage(covered.canvas, 0, 0, size.width, size.height);
  };
}

function withImage(image: ImageBitmap): Replace {
  const scaled = createCanvas();
  return (context, people, size) => {
    const { width, height } = size;
    if (scaled.canvas.width !== width || scaled.canvas.height !== height) {
      const at = cover(image, size);
      const target = scaled.sized(size);
      target.imageSmoothingQuality = 'high';
      target.drawImage(image, at.x, at.y, at.width, at.height);
    }
    context.globalCompositeOperation = 'destination-in';
    context.drawImage(people, 0, 0, width, height);
    context.globalCompositeOperation = 'destination-over';
    context.drawImage(scaled.canvas, 0, 0);
  };
}
