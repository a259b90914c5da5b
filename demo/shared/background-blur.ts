import type { DrawFrame } from '@parley-rtc/sdk';
import type { SelfieSegmentation } from '@mediapipe/selfie_segmentation';

/** Where the files of the npm package are served: a script, its WebAssembly and its model. Nothing comes from elsewhere. */
const folder = '/selfie-segmentation/';
/** What the model looks at; its own size. */
const look = { width: 256, height: 144 };
/** The background goes through pictures this small, which blurs it in every browser and costs little. */
const softWidths = [36, 108];

/** One for the page, because it holds a model and a WebGL context. */
let ready: Promise<DrawFrame> | undefined;

/**
 * Blurs everything but the people: for `videoFrameProcessor` of the SDK. Resolves once the model is ready.
 *
 * @throws Error, with words for the user, where the browser or the network does not give what it needs.
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
  const soft = softWidths.map(createCanvas);
  const draw: DrawFrame = async (context, picture, { width, height }) => {
    resize(small, look.width, look.height).drawImage(picture, 0, 0, look.width, look.height);
    await segmentation.send({ image: small });
    if (!mask) return;

    let background = small;
    for (const [index, canvas] of soft.entries()) {
      const softWidth = softWidths[index] ?? width;
      const softHeight = Math.ceil((softWidth * height) / width);
      resize(canvas, softWidth, softHeight).drawImage(background, 0, 0, softWidth, softHeight);
      background = canvas;
    }
    // First the people, cut out by the mask, then the background behind them.
    context.globalCompositeOperation = 'copy';
    context.drawImage(mask, 0, 0, width, height);
    context.globalCompositeOperation = 'source-in';
    context.drawImage(picture, 0, 0, width, height);
    context.globalCompositeOperation = 'destination-over';
    context.imageSmoothingQuality = 'high';
    context.drawImage(background, 0, 0, width, height);
  };
  // One picture after the other, also while one camera takes the place of another.
  let last: Promise<void> = Promise.resolve();
  return (...picture) => {
    const drawn = last.then(() => draw(...picture));
    last = drawn.catch(() => {});
    return drawn;
  };
}

function requireWebGl(): void {
  if (createCanvas().getContext('webgl2')) return;
  throw new Error(
    'This browser cannot blur the background, because it gives no WebGL 2. Turn on graphics acceleration in its ' +
      'settings, or use another browser.',
  );
}

/** The package is a script for the page, not a module: it leaves its class at `window`. */
async function loadSegmentation(): Promise<typeof SelfieSegmentation> {
  const script = document.createElement('script');
  script.src = `${folder}selfie_segmentation.js`;
  await new Promise<void>((resolve, reject) => {
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => {
      reject(new Error('What blurs the background could not be loaded. Check your network, then try again.'));
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
  if (!context) throw new Error('This browser draws no pictures. Use another one to blur the background.');
  return context;
}
