import { ProcessorAssetsError } from '../errors/processor-errors.ts';
import { loadRnnoise, type NoiseUrls } from './load-rnnoise.ts';

/** The only sample rate that RNNoise is trained for. */
export const sampleRateHz = 48_000;

/** The name under which the worklet of `@sapphi-red/web-noise-suppressor` registers its processor. */
export const processorName = '@sapphi-red/web-noise-suppressor/rnnoise';

/** The message that makes that processor free its WebAssembly and end. */
const destroy = 'destroy';

/**
 * Creates a node that suppresses noise in mono audio. RNNoise works on overlapping blocks of 480 samples and Web Audio on 128, so
 * speech leaves the node 21 ms later. It frees its memory when `signal` aborts.
 *
 * @throws ProcessorAssetsError (`ERR_PROCESSOR_ASSETS`).
 */
export async function createNoiseNode(
  context: BaseAudioContext,
  urls: NoiseUrls,
  signal: AbortSignal,
): Promise<AudioWorkletNode> {
  const [wasmBinary] = await Promise.all([loadRnnoise(urls, signal), addWorklet(context, urls.worklet)]);
  signal.throwIfAborted();
  // Not the package's own class, because importing that requires a browser.
  const node = new AudioWorkletNode(context, processorName, {
    channelCount: 1,
    channelCountMode: 'explicit',
    outputChannelCount: [1],
    processorOptions: { wasmBinary, maxChannels: 1 },
  });
  signal.addEventListener('abort', () => node.port.postMessage(destroy, []));
  return node;
}

async function addWorklet(context: BaseAudioContext, url: string): Promise<void> {
  try {
    await context.audioWorklet.addModule(url);
  } catch (cause) {
    throw new ProcessorAssetsError(url, { cause });
  }
}
