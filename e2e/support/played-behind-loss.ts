import type { TestInfo } from '@playwright/test';
import type { Caller } from './caller.ts';
import { expect } from './expect.ts';
import { publishBarCode } from './page-scripts.ts';
import { measurePlayback, measureStall } from './playback.ts';

const toneHz = 440;
const settleMs = 2_000;
const durationMs = 7_000;

interface Dropped {
  readonly up: number;
  readonly down: number;
}

export interface LossyCall {
  readonly publisher: Caller;
  readonly viewer: Caller;
  /** What the link has dropped so far. */
  readonly dropped: () => Dropped;
  /** Which of both is behind the link. */
  readonly behindLoss: 'publisher' | 'viewer';
}

/** Publishes video and a tone over a lossy link, and expects that the viewer sees them without a freeze and hears all of it. */
export async function expectPlaybackBehindLoss(call: LossyCall, testInfo: TestInfo): Promise<void> {
  const { publisher, viewer, behindLoss } = call;
  const barCode = { id: 11, toneHz, frameRate: 20, isNoisy: true, videoBitrateBps: 700_000 };
  await publisher.page.evaluate(publishBarCode, barCode);
  await viewer.expectVideoOf(11);

  const before = call.dropped();
  const [playback, publisherStallMs] = await Promise.all([
    viewer.page.evaluate(measurePlayback, { toneHz, settleMs, durationMs }),
    publisher.page.evaluate(measureStall, settleMs + durationMs),
  ]);
  const after = call.dropped();
  const dropped = { up: after.up - before.up, down: after.down - before.down };
  const description = JSON.stringify({ ...playback, publisherStallMs, dropped });
  testInfo.annotations.push({ type: `played, ${behindLoss} behind loss`, description });
  console.log(`${behindLoss} behind loss: ${description}`);

  expect(behindLoss === 'publisher' ? dropped.up : dropped.down).toBeGreaterThan(20);
  // Subtract stalls of the pages themselves, which a busy machine causes and not the network.
  const stallMs = Math.max(playback.longestStallMs, publisherStallMs);
  expect(playback.longestGapMs - stallMs).toBeLessThan(500);
  expect(playback.frames).toBeGreaterThan(50);
  expect(playback.concealedRatio).toBeLessThan(0.05);
  expect(playback.toneRatio).toBeGreaterThan(0.95);
  // The video at the end is still the publisher's and readable.
  await viewer.expectVideoOf(11);
}
