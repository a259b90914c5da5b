import type { SelfieSegmentation } from '@mediapipe/selfie_segmentation';
import type { DrawFrame } from '@parley-rtc/sdk';
import { UserError } from './user-error.ts';

/** Path of the npm package's files: script, WebAssembly and model. Nothing is loaded from other origins. */
const folder = '/selfie-segmentation/';
/** Input size of the model. */
const modelSize = { width: 256, height: 144 };
/** Scaling the background down to these widths blurs it cheaply in every browser. */
const blurWidths = [36, 108];

/** Shared by the page, because it holds a model and a WebGL context. */
let ready: Promise<DrawFrame> | undefined;

/**
 * Returns a function for the SDK's `videoFrameProcessor` that blurs everything but people. Resolves once the model is
 * ready.
 *
 * @throws Error with a text for the user, if the browser lacks WebGL 2 or the model cannot be loaded.
 */
export async function backgroundBlur(): Promise<DrawFrame> {
  ready ??= createBlur();
  try {
    return await ready;
  } catch (error) {
    ready = undefined;
    throw error;
  }
}

async function createBlur(): Promise<DrawFrame> {
  requireWebGl();
  const Segmentation = await loadSegmentation();
  const segmentation = new Segmentation({ locateFile: (file) => folder + file });
  segmentation.setOptions({ modelSelection: 1 });
  let mask: CanvasImageSource | undefined;
  segmentation.onResults((results) => {
    mask = results.segmentationMask;
  });
  await segmentation.initialize();

  const small = createCanvas();
  const blurCanvases = blurWidths.map(createCanvas);
  const draw: DrawFrame = async (context, frame, { width, height }) => {
    resize(small, modelSize.width, modelSize.height).drawImage(
      frame,
      0,
      0,
      modelSize.width,
      modelSize.height,
    );
    await segmentation.send({ image: small });
    if (!mask) return;

    let background = small;
    for (const [index, canvas] of blurCanvases.entries()) {
      const blurWidth = blurWidths[index] ?? width;
      const blurHeight = Math.ceil((blurWidth * height) / width);
      resize(canvas, blurWidth, blurHeight).drawImage(background, 0, 0, blurWidth, blurHeight);
      background = canvas;
    }
    // Draw the people, cut out by the mask, then the background behind them.
    context.globalCompositeOperation = 'copy';
    context.drawImage(mask, 0, 0, width, height);
    context.globalCompositeOperation = 'source-in';
    context.drawImage(frame, 0, 0, width, height);
    context.globalCompositeOperation = 'destination-over';
    context.imageSmoothingQuality = 'high';
    context.drawImage(background, 0, 0, width, height);
  };
  // Process one frame at a time, even while the camera is being switched.
  let last: Promise<void> = Promise.resolve();
  return (...frame) => {
    const drawn = last.then(() => draw(...frame));
    last = drawn.catch(() => {});
    return drawn;
  };
}

function requireWebGl(): void {
  if (createCanvas().getContext('webgl2')) return;
  throw new UserError(
    'Your browser can’t blur the background. Turn on graphics acceleration in its settings, or use another browser.',
  );
}

/** The package is a classic script, not a module: it adds its class to `window`. */
async function loadSegmentation(): Promise<typeof SelfieSegmentation> {
  const script = document.createElement('script');
  script.src = `${folder}selfie_segmentation.js`;
  await new Promise<void>((resolve, reject) => {
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => {
      reject(new Error('Couldn’t load background blur. Check your network, then try again.'));
    });
    document.head.append(script);
  });
  return (window as unknown as { SelfieSegmentation: typeof SelfieSegmentation }).SelfieSegmentation;
}

function createCanvas(): HTMLCanvasElement {
  return document.createElement('canvas');
}

function resize(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new UserError('Your browser can’t blur the background. Use another browser.');
  return context;
}
