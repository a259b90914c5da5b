import { test } from '@playwright/test';
import { ensureNativeTransport } from '../packages/server/native/build.ts';
import { expectCallWithFirefox, firefoxCallUnavailableReason } from './support/call-with-firefox.ts';
import { Caller } from './support/caller.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';
import { FirefoxCaller } from './support/firefox-caller.ts';
import { LossyRelay } from './support/lossy-relay.ts';
import { MediaCut } from './support/media-cut.ts';
import { OwnServer } from './support/own-server.ts';
import { expectPlaybackBehindLoss } from './support/played-behind-loss.ts';
import { watchTile } from './support/watched-tile.ts';

const lossPercent = 5;

let server: OwnServer;

test.beforeAll(async () => {
  // The first time, the addon is compiled.
  test.setTimeout(600_000);
  ensureNativeTransport();
  server = await OwnServer.start({ PARLEY_TRANSPORT: 'native' });
});

test.afterAll(() => server.close());

/** Only the native transport is ICE-lite. */
async function expectNative(caller: Caller): Promise<void> {
  const answers = await caller.page.evaluate(() =>
    window.probe.peerConnections().map((peer) => peer.remoteDescription?.sdp ?? ''),
  );
  expect(answers.length).toBeGreaterThan(0);
  for (const answer of answers) expect(answer).toContain('a=ice-lite');
}

test('two browsers see and hear each other over the native transport, again after their path failed', async ({
  browser,
}) => {
  const [ada, bob] = [await Caller.open(browser), await Caller.open(browser)];
  const invitation = await server.openConference();
  await Promise.all([ada.joinAt(invitation, 'Ada'), bob.joinAt(invitation, 'Bob')]);
  await Promise.all([ada.publish(11, 440), bob.publish(22, 880)]);
  const expectMedia = async (): Promise<void> => {
    await ada.expectVideoOf(22);
    await bob.expectVideoOf(11);
    await expect.poll(() => ada.tonesHz()).toEqual([880]);
    await expect.poll(() => bob.tonesHz()).toEqual([440]);
    for (const side of [ada, bob]) await expectToGrow(async () => (await side.received()).framesDecoded, 20);
  };
  await expectMedia();
  await expectNative(ada);

  const unavailableReason = MediaCut.unavailableReason();
  test.skip(unavailableReason !== undefined, unavailableReason);
  await ada.page.evaluate(watchTile);
  const fingerprints = await ada.page.evaluate(() => window.serverFingerprints());
  const path = new MediaCut(server.udpPort);
  path.cut();
  try {
    // Each ICE restart comes with another certificate of the server.
    const restarted = async (): Promise<number> =>
      (await ada.page.evaluate(() => window.serverFingerprints())).filter(
        (fingerprint) => !fingerprints.includes(fingerprint),
      ).length;
    await expect.poll(restarted, { timeout: 25_000 }).toBeGreaterThan(0);
  } finally {
    path.restore();
  }
  await expectMedia();
  await expectNative(ada);
  for (const caller of [ada, bob]) await caller.close();
});

test('the native transport repairs what a lossy link drops', async ({ browser }, testInfo) => {
  const relay = new LossyRelay(lossPercent);
  const [ada, bob] = [await Caller.open(browser), await Caller.open(browser)];
  await relay.interceptPage(bob.page);
  const invitation = await server.openConference();
  await ada.joinAt(invitation, 'Ada');
  await bob.joinAt(invitation, 'Bob');
  const call = {
    publisher: ada,
    viewer: bob,
    dropped: relay.dropped.bind(relay),
    behindLoss: 'viewer',
  } as const;
  await expectPlaybackBehindLoss(call, testInfo);
  await expectNative(bob);
  for (const caller of [ada, bob]) await caller.close();
  relay.close();
});

test('Chromium and Firefox see and hear each other over the native transport', async ({ browser }) => {
  const unavailableReason = firefoxCallUnavailableReason();
  test.skip(unavailableReason !== undefined, unavailableReason);
  const fox = await FirefoxCaller.open();
  const ada = await Caller.open(browser);
  const invitation = await server.openConference();
  await Promise.all([ada.joinAt(invitation, 'Ada'), fox.joinAt(invitation, 'Fox')]);
  await expectCallWithFirefox(ada, fox);
  await expectNative(ada);
  await fox.close();
  await ada.close();
});
