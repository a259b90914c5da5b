import { expect, test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { openLossyLink, type LossyLink } from './support/lossy-link.ts';
import { offerCodecs } from './support/offer-codecs.ts';
import { publishPicture } from './support/page-scripts.ts';
import { measurePlayback } from './support/playback.ts';

const lossPercent = 5;
const toneHz = 440;

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
      // Lost sound is not asked for again: copies in later packets replace it, where the publisher sends any.
      await ada.page.evaluate(offerCodecs, { first: { mimeType: 'audio/red' } });
      await ada.join(room, 'Ada');
      await bob.join(room, 'Bob');
      await ada.page.evaluate(publishPicture, { id: 11, toneHz, frameRate: 20, isNoisy: true });
      await bob.expectPicturesOf(11);

      const before = link.dropped();
      const playback = await bob.page.evaluate(measurePlayback, {
        toneHz,
        settleMs: 3_000,
        durationMs: 10_000,
      });
      const after = link.dropped();
      const dropped = { up: after.up - before.up, down: after.down - before.down };
      const description = JSON.stringify({ ...playback, dropped });
      testInfo.annotations.push({ type: `played, ${behindLoss} behind loss`, description });
      console.log(`${behindLoss} behind ${lossPercent} % loss: ${description}`);

      expect(behindLoss === 'publisher' ? dropped.up : dropped.down).toBeGreaterThan(20);
      expect(playback.longestGapMs).toBeLessThan(500);
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
