// What the benchmark of processors needs in the page: the package, and the parts of noise suppression that render faster than real
// time.
export { assetUrls, noiseAssets } from '../../packages/processors/src/asset-names.ts';
export * from '../../packages/processors/src/index.ts';
export { createNoiseNode } from '../../packages/processors/src/noise/create-noise-node.ts';
