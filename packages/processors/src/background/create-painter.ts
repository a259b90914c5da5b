import { cover, type Rectangle, type Size } from './cover.ts';
import { createBlur } from './create-blur.ts';
import { createCanvas } from './create-canvas.ts';
import type { Effect } from './effect.ts';
import { modelSize, type Segment } from './load-segmenter.ts';
import { writeAlpha } from './write-alpha.ts';

/** Draws people in front of the effect. The result has the size of the frame. */
export type Paint = (frame: CanvasImageSource, size: Size) => ImageBitmap;

/** What to draw behind people, and where. */
interface Background {
  readonly image: CanvasImageSource;
  readonly at: Rectangle;
}

export function createPainter(segment: Segment, effect: Effect): Paint {
  const input = createCanvas({ isRead: true });
  const mask = createCanvas({ isRead: true });
  const output = createCanvas();
  const people = new ImageData(modelSize.width, modelSize.height);
  const createBackground = effect.kind === 'blur' ? blurred(effect.radiusPx) : covering(effect.image);

  return (frame, size) => {
    const { width, height } = size;
    const context = output.sized(size);
    context.globalCompositeOperation = 'copy';
    // Only once, because it converts the frame's colors, which takes longer than all the rest.
    context.drawImage(frame, 0, 0, width, height);
    // Stretched, as the images were with which the model was trained.
    input.sized(modelSize).drawImage(output.canvas, 0, 0, modelSize.width, modelSize.height);
    const { image, at } = createBackground(output.canvas, size);
    writeAlpha(segment(input.canvas), people.data);
    mask.sized(modelSize).putImageData(people, 0, 0);

    context.globalCompositeOperation = 'destination-in';
    context.drawImage(mask.canvas, 0, 0, width, height);
    context.globalCompositeOperation = 'destination-over';
    context.drawImage(image, at.x, at.y, at.width, at.height);
    return output.canvas.transferToImageBitmap();
  };
}

type CreateBackground = (frame: CanvasImageSource, size: Size) => Background;

function blurred(radiusPx: number): CreateBackground {
  const blur = createBlur(radiusPx);
  return (frame, size) => ({ image: blur(frame, size), at: { x: 0, y: 0, ...size } });
}

function covering(image: ImageBitmap): CreateBackground {
  return (_frame, size) => ({ image, at: cover(image, size) });
}
