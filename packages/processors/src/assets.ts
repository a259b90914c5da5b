import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backgroundAssets, noiseAssets } from './asset-names.ts';

/** Where the installed packages have each file, by the name that the processors expect. */
const sources: Readonly<Record<string, () => string>> = {
  [backgroundAssets.library]: () => resolved('@mediapipe/tasks-vision'),
  [backgroundAssets.loader]: () => resolved('@mediapipe/tasks-vision/vision_wasm_module_internal.js'),
  [backgroundAssets.wasm]: () => resolved('@mediapipe/tasks-vision/vision_wasm_module_internal.wasm'),
  [backgroundAssets.model]: () => join(import.meta.dirname, '..', 'models', backgroundAssets.model),
  [noiseAssets.worklet]: () => resolved('@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js'),
  [noiseAssets.wasm]: () => resolved('@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm'),
  [noiseAssets.wasmWithoutSimd]: () => resolved('@sapphi-red/web-noise-suppressor/rnnoise.wasm'),
};

/**
 * For Node: the files that a page with the processors fetches, as paths by name. Serve or copy them as one folder, and pass its
 * URL as `assets`.
 */
export function assetFiles(): Record<string, string> {
  return Object.fromEntries(Object.entries(sources).map(([name, path]) => [name, path()]));
}

function resolved(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}
