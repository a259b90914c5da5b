import {
  UnsupportedBrowserError,
  videoFrameProcessor,
  type DrawFrame,
  type TrackProcessor,
} from '@parley-rtc/sdk';
import { assetUrls, backgroundAssets } from '../asset-names.ts';
import type { Effect } from './effect.ts';
import { Segmentation } from './segmentation.ts';

/** Where the files are that a background needs. */
export interface BackgroundOptions {
  /**
   * URL of the folder that `parley-processors copy-assets` filled, such as `/processors/`. It must be on the page's own origin
   * or allow it by CORS.
   */
  readonly assets: string | URL;
}

/** Creates a processor that draws people in front of an effect, which it asks for whenever it starts. */
export function backgroundProcessor(
  { assets }: BackgroundOptions,
  effect: (signal: AbortSignal) => Promise<Effect>,
): TrackProcessor {
  return {
    async process(track, signal) {
      requireWebGl();
      const urls = assetUrls(assets, backgroundAssets);
      const segmentation = await Segmentation.start(urls, await effect(signal), signal);
      const draw: DrawFrame = async (context, frame, size) => {
        const { width, height } = size;
        context.globalCompositeOperation = 'copy';
        if (!track.enabled) {
          // While muted nothing but black is sent, so nobody needs to be found in it.
          context.fillStyle = '#000';
          context.fillRect(0, 0, width, height);
          return;
        }
        const drawn = await segmentation.draw(frame, size);
        context.drawImage(drawn, 0, 0, width, height);
        drawn.close();
      };
      return await videoFrameProcessor(draw).process(track, signal);
    },
  };
}

/** MediaPipe needs a WebGL context, although its model runs on the CPU. */
function requireWebGl(): void {
  if (typeof OffscreenCanvas === 'undefined') throw new UnsupportedBrowserError('OffscreenCanvas');
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!context) throw new UnsupportedBrowserError('WebGL 2');
  // Browsers allow only a few at a time.
  context.getExtension('WEBGL_lose_context')?.loseContext();
}
