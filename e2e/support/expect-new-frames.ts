import type { Locator } from '@playwright/test';
import { expect } from './expect.ts';

/** Waits until a video has a size, and then shows so many more frames. */
export async function expectNewFrames(
  video: Locator,
  count: number,
  { timeoutMs }: { readonly timeoutMs?: number } = {},
): Promise<void> {
  await expect
    .poll(
      () => video.evaluate(({ videoWidth }: HTMLVideoElement) => videoWidth),
      timeoutMs === undefined ? {} : { timeout: timeoutMs },
    )
    .toBeGreaterThan(0);
  await video.evaluate(async (element: HTMLVideoElement, count: number) => {
    for (let frames = 0; frames < count; frames += 1) {
      await new Promise((resolve) => element.requestVideoFrameCallback(resolve));
    }
  }, count);
}
