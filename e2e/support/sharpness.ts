import type { Page } from '@playwright/test';

/**
 * How much detail the video of a tile has: the mean squared step between neighbouring pixels of the decoded picture,
 * at 320 by 180, so that the size that arrives matters little. 0 without a picture.
 */
export async function sharpness(page: Page, tile: string): Promise<number> {
  return await page.evaluate((tile) => {
    const [width, height] = [320, 180];
    const video = document.querySelector<HTMLVideoElement>(`${tile} video`);
    if (!video || video.videoWidth < width) return 0;
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    if (!context) return 0;
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    // Green, of which the fake camera's pictures have most.
    const green = (index: number) => data[4 * index + 1] ?? 0;
    let sum = 0;
    for (let index = 1; index < width * height; index += 1) {
      if (index % width > 0) sum += (green(index) - green(index - 1)) ** 2;
    }
    return sum / (width * height);
  }, tile);
}
