import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { openLossyLink, type LossyLink } from './support/lossy-link.ts';
import { publishPicture } from './support/page-scripts.ts';
import { measurePlayback, measureStall } from './support/playback.ts';

const lossPercent = 5;
const toneHz = 440;
const settleMs = 2_000;
const durationMs = 7_000;

test.describe('with 5 % of all packets lost each way, the picture does not freeze and the sound is whole', () => {
  let link: LossyLink | undefined;

  test.beforeAll(async ({ browser }) => {
    link = await openLossyLink(browser, lossPercent);
  });

  test.afterAll(async () => {
    await link?.close();
  });

  for (const behindLoss of ['publisher', 'viewer'] as const) {
    test(`for a ${behindLoss} behind the loss`, async ({ browser }, testInfo) => {
      if (!link) throw new Error('The link was not opened.');
      testInfo.annotations.push({ type: 'losses', description: link.how });
      const room = newRoom();
      const ada = behindLoss === 'publisher' ? await link.openCaller() : await Caller.open(browser);
      const bob = behindLoss === 'viewer' ? await link.openCaller() : await Caller.open(browser);
      // Lost sound is not asked for again: copies in later packets replace it, which the SDK sends unless told otherwise.
      await ada.join(room, 'Ada');
      await bob.join(room, 'Bob');
      const picture = { id: 11, toneHz, frameRate: 20, isNoisy: true, videoBitrateBps: 700_000 };
      await ada.page.evaluate(publishPicture, picture);
      await bob.expectPicturesOf(11);

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
      // What a busy machine takes from the pages themselves is no freeze of the network's.
      const stallMs = Math.max(playback.longestStallMs, publisherStallMs);
      expect(playback.longestGapMs - stallMs).toBeLessThan(500);
      expect(playback.frames).toBeGreaterThan(50);
      expect(playback.concealedRatio).toBeLessThan(0.05);
      expect(playback.toneRatio).toBeGreaterThan(0.95);
      // The picture at the end is still Ada's, and whole enough to be read.
      await bob.expectPicturesOf(11);
      await ada.close();
      await bob.close();
    });
  }
});
