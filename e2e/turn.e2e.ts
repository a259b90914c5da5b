import { test } from '@playwright/test';
import { demoPort } from './support/addresses.ts';
import { openBrowserWithin, type BrowserWithin } from './support/browser-within.ts';
import { Caller } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { LossyNetwork } from './support/lossy-network.ts';
import { OwnServer } from './support/own-server.ts';
import { selectedPaths } from './support/selected-paths.ts';
import { TurnServer } from './support/turn-server.ts';

const ttlSeconds = 8;
const relayedOverTcp = { candidateType: 'relay', relayProtocol: 'tcp' };

test.describe('from a network that lets no UDP through', () => {
  const closing: (() => void | Promise<void>)[] = [];
  let network: LossyNetwork | undefined;
  let within: BrowserWithin | undefined;
  let server: OwnServer;

  test.beforeAll(async () => {
    network = process.env['PARLEY_NETWORK'] === 'relay' ? undefined : LossyNetwork.create(100);
    closing.push(() => network?.remove());
    const turn = await TurnServer.start(network?.namespace.hostAddress ?? '127.0.0.1');
    closing.push(() => turn.close());
    server = await OwnServer.start({
      PARLEY_TURN_URLS: turn.url,
      PARLEY_TURN_SECRET: turn.secret,
      PARLEY_TURN_TTL_SECONDS: String(ttlSeconds),
    });
    closing.push(() => server.close());
    const apiPort = Number(new URL(server.url).port);
    within = network && (await openBrowserWithin(network.namespace, [demoPort, apiPort]));
    closing.push(() => within?.close());
  });

  test.afterAll(async () => {
    for (const end of closing.toReversed()) await end();
  });

  test('people see and hear each other through a TURN server over TCP, also after their first credentials have ended', async ({
    browser,
  }, testInfo) => {
    test.setTimeout(90_000);
    testInfo.annotations.push({
      type: 'UDP',
      description: network ? 'dropped by nftables' : 'not used: this machine gives no network namespace',
    });
    const place = await server.openConference();
    const ada = await Caller.open(within?.browser ?? browser);
    const bob = await Caller.open(browser);
    const atLocalhost = { ...place, server: place.server.replace('127.0.0.1', 'localhost') };
    await ada.joinAt({ ...atLocalhost, ...(!network && { iceTransportPolicy: 'relay' }) }, 'Ada');
    await bob.joinAt(place, 'Bob');
    const firstEndMs = Date.now() + ttlSeconds * 1_000;

    await ada.publish(11, 440);
    await bob.publish(22, 880);
    await ada.expectPicturesOf(22);
    await bob.expectPicturesOf(11);
    await expect.poll(() => ada.tonesHz()).toEqual([880]);
    await expect.poll(() => bob.tonesHz()).toEqual([440]);
    expect(await ada.page.evaluate(selectedPaths)).toMatchObject([relayedOverTcp, relayedOverTcp]);
    if (network) expect(network.dropped().up).toBeGreaterThan(0);

    await ada.page.evaluate(() => window.mine.unpublish());
    await bob.expectPicturesOf();
    await ada.page.waitForTimeout(Math.max(0, firstEndMs + 1_000 - Date.now()));
    await ada.publish(33, 660);
    await bob.expectPicturesOf(33);
    await expect.poll(() => bob.tonesHz()).toEqual([660]);
    expect(await ada.page.evaluate(selectedPaths)).toMatchObject([relayedOverTcp, relayedOverTcp]);
    await ada.close();
    await bob.close();
  });
});
