export { backgroundBlur, type BackgroundBlurOptions } from './background-blur.ts';
export { backgroundImage, type BackgroundImageOptions, type ImageSource } from './background-image.ts';
export { noiseSuppression, type NoiseSuppressionOptions } from './noise-suppression.ts';
export type { BackgroundOptions } from './background/background-processor.ts';
export { ProcessorAssetsError, ProcessorFailedError } from './errors/processor-errors.ts';
