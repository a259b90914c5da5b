import type { noiseAssets } from '../asset-names.ts';
import { ProcessorAssetsError } from '../errors/processor-errors.ts';

/** Absolute URLs of the files of noise suppression. */
export type NoiseUrls = Readonly<Record<keyof typeof noiseAssets, string>>;

/**
 * Fetches RNNoise as WebAssembly, without SIMD if the browser does not know that.
 *
 * @throws ProcessorAssetsError (`ERR_PROCESSOR_ASSETS`), also when the page may not compile WebAssembly. The worklet could not
 *   report that, and would stay silent.
 */
export async function loadRnnoise(
  { wasm, wasmWithoutSimd }: Pick<NoiseUrls, 'wasm' | 'wasmWithoutSimd'>,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  const fast = await fetchBytes(wasm, signal);
  if (WebAssembly.validate(fast)) return await compiled(wasm, fast);
  return await compiled(wasmWithoutSimd, await fetchBytes(wasmWithoutSimd, signal));
}

async function fetchBytes(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return await response.arrayBuffer();
  } catch (cause) {
    signal.throwIfAborted();
    throw new ProcessorAssetsError(url, { cause });
  }
}

async function compiled(url: string, bytes: ArrayBuffer): Promise<ArrayBuffer> {
  try {
    await WebAssembly.compile(bytes);
    return bytes;
  } catch (cause) {
    throw new ProcessorAssetsError(url, { cause });
  }
}
