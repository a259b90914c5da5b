import type { Size } from './cover.ts';
import type { SegmentationUrls } from './worker-messages.ts';

/** Size of the images that the model takes. */
export const modelSize: Size = { width: 256, height: 144 };

/** The probability of each pixel of an image of the model's size to be a person. Valid until the next call. */
export type Segment = (image: OffscreenCanvas) => Float32Array;

/** The parts of MediaPipe that are used here. Its own types cannot be imported, because the library comes from a URL. */
interface VisionLibrary {
  readonly ImageSegmenter: {
    createFromOptions(
      files: { wasmLoaderPath: string; wasmBinaryPath: string },
      options: object,
    ): Promise<{
      segmentForVideo(
        image: OffscreenCanvas,
        timestampMs: number,
        onResult: (result: { confidenceMasks?: readonly { getAsFloat32Array(): Float32Array }[] }) => void,
      ): void;
    }>;
  };
}

/** A file that could not be loaded. */
export class NotLoaded extends Error {
  readonly url: string;
  constructor(url: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.url = url;
  }
}

/** Loads library, WebAssembly and model. @throws NotLoaded. */
export async function loadSegmenter({ library, loader, wasm, model }: SegmentationUrls): Promise<Segment> {
  const [{ ImageSegmenter }, modelBytes] = await Promise.all([
    imported<VisionLibrary>(library),
    fetchModel(model),
    // It registers itself for the library. The library would load it in only one kind of worker.
    imported(loader),
  ]);
  // It writes each step of its start to the console, as errors. What fails is thrown, too.
  Object.assign(globalThis, { Module: { print: ignore, printErr: ignore }, custom_dbg: ignore });
  const segmenter = await loaded(wasm, () =>
    ImageSegmenter.createFromOptions(
      { wasmLoaderPath: '', wasmBinaryPath: wasm },
      {
        // On a graphics card, reading the result back takes longer than the model takes on the CPU.
        baseOptions: { modelAssetBuffer: modelBytes, delegate: 'CPU' },
        runningMode: 'VIDEO',
        outputCategoryMask: false,
        outputConfidenceMasks: true,
      },
    ),
  );
  let timestampMs = 0;
  return (image) => {
    let people: Float32Array | undefined;
    timestampMs += 1;
    segmenter.segmentForVideo(image, timestampMs, ({ confidenceMasks }) => {
      people = confidenceMasks?.[0]?.getAsFloat32Array();
    });
    if (people?.length !== modelSize.width * modelSize.height) throw new Error('The model returned no mask.');
    return people;
  };
}

function ignore(): void {}

function imported<Module>(url: string): Promise<Module> {
  return loaded(url, () => import(/* @vite-ignore */ url) as Promise<Module>);
}

async function fetchModel(url: string): Promise<Uint8Array> {
  return await loaded(url, async () => {
    const response = await fetch(url);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // Many servers answer with a page instead of a 404.
    const isModel = response.ok && String.fromCodePoint(...bytes.subarray(4, 8)) === 'TFL3';
    if (!isModel) throw new Error(`The server answered ${response.status}, without a model.`);
    return bytes;
  });
}

async function loaded<Result>(url: string, load: () => Promise<Result>): Promise<Result> {
  try {
    return await load();
  } catch (error) {
    throw new NotLoaded(url, error);
  }
}
