import { fileURLToPath } from 'node:url';

export const workspaceFolder: string = fileURLToPath(new URL('../..', import.meta.url));
export const sdkFolder: string = fileURLToPath(new URL('../../packages/sdk/', import.meta.url));
/** Where `build:script-tag` writes. */
export const scriptTagFolder: string = fileURLToPath(new URL('../../packages/sdk/dist/', import.meta.url));
/** The files of the npm package for segmentation: script, WebAssembly, model. */
export const segmentationFolder: string = fileURLToPath(
  new URL('.', import.meta.resolve('@mediapipe/selfie_segmentation')),
);
