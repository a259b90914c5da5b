/** Files for backgrounds: MediaPipe's library, its WebAssembly with the script that loads it, and the model. */
export const backgroundAssets = {
  library: 'vision_bundle.mjs',
  loader: 'vision_wasm_module_internal.js',
  wasm: 'vision_wasm_module_internal.wasm',
  model: 'selfie_segmenter_landscape.tflite',
} as const;

/** Files for noise suppression: the audio worklet, and RNNoise as WebAssembly with and without SIMD. */
export const noiseAssets = {
  worklet: 'rnnoise-worklet.js',
  wasm: 'rnnoise_simd.wasm',
  wasmWithoutSimd: 'rnnoise.wasm',
} as const;

/** Absolute URL of a file in the folder `assets`, which is relative to the page. */
export function assetUrl(assets: string | URL, name: string): string {
  const folder = String(assets).replace(/\/*$/, '/');
  return new URL(name, new URL(folder, document.baseURI)).href;
}

/** Absolute URLs of all files in `names`, under the same keys. */
export function assetUrls<Key extends string>(
  assets: string | URL,
  names: Readonly<Record<Key, string>>,
): Record<Key, string> {
  const urls = Object.entries<string>(names).map(([key, name]) => [key, assetUrl(assets, name)]);
  return Object.fromEntries(urls) as Record<Key, string>;
}
