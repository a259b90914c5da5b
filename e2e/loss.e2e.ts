import { chromium, expect, test, type Browser } from '@playwright/test';
import { demoPort } from './support/addresses.ts';
import { browserArguments } from './support/browser-arguments.ts';
import { ensureBrowser } from './support/browser.ts';
import { Caller, newRoom } from './support/caller.ts';
import { LossyNetwork } from './support/lossy-network.ts';
import { offerCodecs } from './support/offer-codecs.ts';
import { publishPicture } from './support/page-scripts.ts';
import { measurePlayback } from './support/playback.ts';
import { forwardTcp, type TcpForwarder } from './support/tcp-forwarder.ts';

const lossPercent = 5;
const toneHz = 440;

test.describe('with 5 % of all packets lost each way, the picture does not freeze and the sound is whole', () => {
  let network: LossyNetwork | undefined;
  let forwarder: TcpForwarder | undefined;
  let far: Browser | undefined;

  test.beforeAll(async () => {
    network = LossyNetwork.create(lossPercent);
    if (!network) return;
    forwarder = await forwardTcp(network.hostAddress, demoPort);
    far = await chromium.launch({
      executablePath: network.programWithin(ensureBrowser()),
      args: [
        ...browserArguments,
        // So that the page has the same address, and thereby a secure context, as without the network.
        `--host-resolver-rules=MAP localhost:${demoPort} ${network.hostAddress}:${forwarder.port}`,
      ],
    });
  });

  test.afterAll(async () => {
    await far?.close();
    await forwarder?.close();
    network?.remove();
  });

  for (const behindLoss of ['publisher', 'viewer'] as const) {
    test(`for a ${behindLoss} behind the loss`, async ({ browser }, testInfo) => {
      test.skip(!network, 'This machine allows no network namespaces; run as root on Linux.');
      if (!network || !far) return;
      const room = newRoom();
      const ada = await Caller.open(behindLoss === 'publisher' ? far : browser);
      const bob = await Caller.open(behindLoss === 'viewer' ? far : browser);
      // Lost sound is not asked for again: copies in later packets replace it, where the publisher sends any.
      await ada.page.evaluate(offerCodecs, { first: { mimeType: 'audio/red' } });
      await ada.join(room, 'Ada');
      await bob.join(room, 'Bob');
      await ada.page.evaluate(publishPicture, { id: 11, toneHz, frameRate: 20, isNoisy: true });
      await bob.expectPicturesOf(11);

      const before = network.dropped();
      const playback = await bob.page.evaluate(measurePlayback, {
        toneHz,
        settleMs: 3_000,
        durationMs: 10_000,
      });
      const after = network.dropped();
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
