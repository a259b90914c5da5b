import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { openLossyLink, type LossyLink } from './support/lossy-link.ts';
import { publishBarCode } from './support/page-scripts.ts';
import { measurePlayback, measureStall } from './support/playback.ts';

const lossPercent = 5;
const toneHz = 440;
const settleMs = 2_000;
const durationMs = 7_000;

test.describe('with 5 % packet loss in each direction, video does not freeze and audio is complete', () => {
  let link: LossyLink | undefined;

  test.beforeAll(async ({ browser }) => {
    link = await openLossyLink(browser, lossPercent);
  });

  test.afterAll(async () => {
    await link?.close();
  });

  for (const behindLoss of ['publisher', 'viewer'] as const) {
    test(`for a ${behindLoss} behind the lossy link`, async ({ browser }, testInfo) => {
      if (!link) throw new Error('The link was not opened.');
      testInfo.annotations.push({ type: 'losses', description: link.how });
      const room = newRoom();
      const ada = behindLoss === 'publisher' ? await link.openCaller() : await Caller.open(browser);
      const bob = behindLoss === 'viewer' ? await link.openCaller() : await Caller.open(browser);
      // Lost audio is not retransmitted: by default, the SDK sends redundant copies in later packets.
      await ada.join(room, 'Ada');
      await bob.join(room, 'Bob');
      const barCode = { id: 11, toneHz, frameRate: 20, isNoisy: true, videoBitrateBps: 700_000 };
      await ada.page.evaluate(publishBarCode, barCode);
      await bob.expectVideoOf(11);

      const before = link.dropped();
      const [playback, publisherStallMs] = await Promise.all([
        bob.page.evaluate(measurePlayback, { toneHz, settleMs, durationMs }),
        ada.page.evaluate(measureStall, settleMs + durationMs),
      ]);
      const after = link.dropped();
      const dropped = { up: after.up - before.up, down: after.down - before.down };
      const description = JSON.stringify({ ...playback, publisherStallMs, dropped });
      testInfo.annotations.push({ type: `played, ${behindLoss} behind loss`, description });
      console.log(`${behindLoss} behind ${lossPercent} % loss: ${description}`);

      expect(behindLoss === 'publisher' ? dropped.up : dropped.down).toBeGreaterThan(20);
      // Subtract stalls of the pages themselves, which a busy machine causes and not the network.
      const stallMs = Math.max(playback.longestStallMs, publisherStallMs);
      expect(playback.longestGapMs - stallMs).toBeLessThan(500);
      expect(playback.frames).toBeGreaterThan(50);
      expect(playback.concealedRatio).toBeLessThan(0.05);
      expect(playback.toneRatio).toBeGreaterThan(0.95);
      // The video at the end is still Ada's and readable.
      await bob.expectVideoOf(11);
      await ada.close();
      await bob.close();
    });
  }
});
