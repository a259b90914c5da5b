import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { measureSkews, publishFlashesAndBeeps } from './support/flash-and-beep.ts';

test('a flash appears when its beep is heard', async ({ browser }, testInfo) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  const bob = await ada.openAnother();
  await ada.join(room, 'Ada');
  await bob.join(room, 'Bob');
  await ada.page.evaluate(publishFlashesAndBeeps);
  await expect.poll(() => bob.page.evaluate(() => window.views.size)).toBe(1);

  const { seenMs, frameMs, estimatedMs } = await bob.page.evaluate(measureSkews, {
    pairs: 10,
    settleMs: 12_000,
  });
  const description = `seen ${median(seenMs).toFixed(0)} ms, by the browser's estimate ${median(estimatedMs).toFixed(0)} ms, a frame every ${frameMs.toFixed(0)} ms`;
  testInfo.annotations.push({ type: 'video behind audio, median', description });
  console.log(`video behind audio, median of ${seenMs.length}: ${description}`);
  expect(seenMs.length).toBeGreaterThanOrEqual(9);
  expect(Math.abs(median(seenMs))).toBeLessThan(80 + frameMs);
  expect(estimatedMs.length).toBeGreaterThan(0);
  expect(Math.abs(median(estimatedMs))).toBeLessThan(80);

  await ada.close();
  await bob.close();
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
