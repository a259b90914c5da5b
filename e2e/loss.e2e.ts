import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { openLossyLink, type LossyLink } from './support/lossy-link.ts';
import { expectPlaybackBehindLoss } from './support/played-behind-loss.ts';

const lossPercent = 5;

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
      const dropped = link.dropped.bind(link);
      await expectPlaybackBehindLoss({ publisher: ada, viewer: bob, dropped, behindLoss }, testInfo);
      await ada.close();
      await bob.close();
    });
  }
});
