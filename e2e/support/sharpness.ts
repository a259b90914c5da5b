import type { Page } from '@playwright/test';

/**
 * The amount of detail in a tile's video: the mean squared difference of adjacent pixels at 320 by 180, so that the received
 * size has little influence. 0 without video.
 */
export async function sharpness(page: Page, tile: string): Promise<number> {
  return await page.locator(`${tile} video`).evaluateAll(([video]: HTMLVideoElement[]) => {
    const [width, height] = [320, 180];
    if (!video || video.videoWidth < width) return 0;
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    if (!context) return 0;
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    // Green, the strongest color of the fake camera.
    const green = (index: number) => data[4 * index + 1] ?? 0;
    let sum = 0;
    for (let index = 1; index < width * height; index += 1) {
      if (index % width > 0) sum += (green(index) - green(index - 1)) ** 2;
    }
    return sum / (width * height);
  });
}
