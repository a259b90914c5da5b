import type { Page } from '@playwright/test';

/**
 * The number of the page's videos that match `selector`, also in shadow roots, and play: each has a size, and its time advances
 * within two seconds.
 */
export async function playingVideos(page: Page, selector = 'video'): Promise<number> {
  return await page.locator(selector).evaluateAll(async (videos: HTMLVideoElement[]) => {
    const before = videos.map(({ currentTime }) => currentTime);
    const isPlaying = (video: HTMLVideoElement, index: number): boolean =>
      !video.paused && video.videoWidth > 0 && video.currentTime > (before[index] ?? Infinity);
    const endMs = performance.now() + 2_000;
    while (!videos.every(isPlaying) && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return videos.filter(isPlaying).length;
  });
}
