import type { Caller } from './caller.ts';
import { expectToGrow } from './expect-to-grow.ts';
import { expect } from './expect.ts';

declare global {
  interface Window {
    /** The frames that `receivedVideo` has seen. */
    framesShown?: number;
  }
}

/** The frames of its first view that this page has shown since the first call, and the brightness of the last one, 0 to 255. */
export async function receivedVideo(
  caller: Caller,
): Promise<{ frames: number; width: number; brightness: number }> {
  return await caller.page.evaluate(() => {
    const [view] = window.views.values();
    if (!view) return { frames: 0, width: 0, brightness: 0 };
    const video =
      document.querySelector('video') ?? document.body.appendChild(document.createElement('video'));
    if (video.srcObject !== view.mediaStream) {
      Object.assign(video, { muted: true, srcObject: view.mediaStream });
      void video.play();
    }
    if (window.framesShown === undefined) {
      window.framesShown = 0;
      // Firefox always reports 0 as `totalVideoFrames` of a stream.
      const count = () => {
        window.framesShown = (window.framesShown ?? 0) + 1;
        video.requestVideoFrameCallback(count);
      };
      video.requestVideoFrameCallback(count);
    }
    const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 9 });
    const context = canvas.getContext('2d');
    context?.drawImage(video, 0, 0, 16, 9);
    const pixels = [...(context?.getImageData(0, 0, 16, 9).data ?? [])];
    return {
      frames: window.framesShown,
      width: video.videoWidth,
      brightness:
        pixels.filter((_, index) => index % 4 !== 3).reduce((sum, one) => sum + one, 0) / (16 * 9 * 3),
    };
  });
}

/** Waits until the page has shown ten more frames and the video is not black. */
export async function expectMovingVideo(caller: Caller): Promise<void> {
  await expectToGrow(async () => (await receivedVideo(caller)).frames, 10);
  await expect.poll(async () => (await receivedVideo(caller)).brightness).toBeGreaterThan(20);
}
