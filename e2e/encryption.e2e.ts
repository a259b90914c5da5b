import { networkInterfaces } from 'node:os';
import { test } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { Caller, newRoom } from './support/caller.ts';
import { encryptWith } from './support/encrypt-with.ts';
import { expect } from './support/expect.ts';
import { fakeMicrophoneHz, FirefoxCaller } from './support/firefox-caller.ts';
import { OwnServer } from './support/own-server.ts';
import { setVideo } from './support/page-scripts.ts';

const hasNetwork = Object.values(networkInterfaces())
  .flat()
  .some((address) => address && !address.internal);

/** The tones of all that is published here. */
const publishedHz = [440, 660, 880];

/** Joins with encryption; without a passphrase there is no key yet. */
async function joinWith(caller: Caller, room: string, name: string, key?: string): Promise<Caller> {
  await encryptWith(caller.page, key === undefined ? {} : { key });
  await caller.join(room, name);
  return caller;
}

/** Changes the key of a page. */
async function setKey({ page }: Caller, key: string, keyIndex = 0): Promise<void> {
  await page.evaluate(([key, keyIndex]) => window.encryption?.setKey(key, { keyIndex }), [
    key,
    keyIndex,
  ] as const);
}

/** What of sound and picture has arrived at a page, decoded or not. */
async function bytesReceived({ page }: Caller): Promise<number[]> {
  return await page.evaluate(() =>
    Promise.all([window.probe.bytesReceived('audio'), window.probe.bytesReceived('video')]),
  );
}

/** Waits until sound and picture of `streams` have come to a page for a while, and proves that it can make nothing of them. */
async function expectNothingOfWhatComes(caller: Caller, streams: number): Promise<void> {
  const { page } = caller;
  await expect.poll(() => page.evaluate(() => window.views.size)).toBe(streams);
  await page.evaluate(() => {
    for (const view of window.views.values()) {
      const video = Object.assign(document.createElement('video'), {
        muted: true,
        srcObject: view.mediaStream,
      });
      document.body.append(video);
      // Of what never begins to play this never resolves.
      video.play().catch(() => {});
    }
  });
  const before = await bytesReceived(caller);
  const hasCome = async () =>
    (await bytesReceived(caller)).every((bytes, kind) => bytes > (before[kind] ?? 0) + 10_000);
  await expect.poll(hasCome).toBe(true);
  const pictures = await page.evaluate(() =>
    [...document.querySelectorAll('video')].map((video) => window.probe.readElement(video) ?? 'nothing'),
  );
  expect(pictures).toEqual(Array.from({ length: streams }, () => 'nothing'));
  // Who does not decrypt may hear noise, of which any frequency may be the loudest.
  for (const toneHz of await caller.tonesHz()) expect(publishedHz).not.toContain(toneHz);
}

/** How many pictures the page's encoder has made, sent or not. */
async function framesEncoded({ page }: Caller): Promise<number> {
  return await page.evaluate(async () => {
    let frames = 0;
    for (const peer of window.probe.peerConnections()) {
      const report = await peer.getStats();
      report.forEach((row: Partial<RTCOutboundRtpStreamStats>) => (frames += row.framesEncoded ?? 0));
    }
    return frames;
  });
}

/** What the page makes of the video that comes in by its newest connection. */
async function newestVideo({ page }: Caller): Promise<{ heightPx: number; framesDecoded: number }> {
  return await page.evaluate(async () => {
    const report = await window.probe.peerConnections().at(-1)?.getStats();
    const rows = [...(report?.values() ?? [])] as Partial<RTCInboundRtpStreamStats>[];
    const video = rows.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
    return { heightPx: video?.frameHeight ?? 0, framesDecoded: video?.framesDecoded ?? 0 };
  });
}

test('two with one key see and hear each other; others get nothing but noise, until they have the key', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await joinWith(await Caller.open(browser), room, 'Ada', 'one');
  const [bob, cyd, dan] = await Promise.all([
    ada.openAnother().then((caller) => joinWith(caller, room, 'Bob', 'one')),
    ada.openAnother().then((caller) => joinWith(caller, room, 'Cyd', 'another')),
    ada.openAnother(),
  ]);
  // Without encryption, as whoever sits at the server and sees what passes.
  await dan.join(room, 'Dan');
  await Promise.all([ada.publish(11, 440), bob.publish(22, 880)]);
  await ada.expectPicturesOf(22);
  await bob.expectPicturesOf(11);
  await expect.poll(() => ada.tonesHz()).toEqual([880]);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);

  await Promise.all([cyd, dan].map((caller) => expectNothingOfWhatComes(caller, 2)));
  expect(await cyd.tonesHz()).toEqual([0, 0]);
  expect((await cyd.received()).framesDecoded).toBe(0);
  const failures = (await cyd.diary()).filter((line) => line.includes('decrypt'));
  expect(failures.toSorted()).toEqual(['cannot decrypt Ada MIC_AND_CAM', 'cannot decrypt Bob MIC_AND_CAM']);
  const [undecrypted, viewed] = await cyd.page.evaluate(() => [
    window.encryption?.undecryptedStreamIds.toSorted(),
    [...window.views.keys()].toSorted(),
  ]);
  expect(undecrypted).toEqual(viewed);

  await setKey(cyd, 'one');
  await cyd.expectPicturesOf(11, 22);
  await expect.poll(() => cyd.tonesHz()).toEqual([440, 880]);
  expect((await cyd.diary()).slice(-2).toSorted()).toEqual([
    'decrypts Ada MIC_AND_CAM',
    'decrypts Bob MIC_AND_CAM',
  ]);
  expect(await cyd.page.evaluate(() => window.encryption?.undecryptedStreamIds)).toEqual([]);

  // Nor is played what nobody encrypted.
  await cyd.page.evaluate(() => window.views.clear());
  await dan.publish(33, 660);
  await expect.poll(() => cyd.tonesHz()).toEqual([0]);
  await expect.poll(() => cyd.diary()).toContain('cannot decrypt Dan MIC_AND_CAM');
  expect((await newestVideo(cyd)).framesDecoded).toBe(0);
  for (const caller of [ada, bob, cyd, dan]) await caller.close();
});

test('without a key nothing is sent; keys can be changed; once closed nothing is sent any more', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await joinWith(await Caller.open(browser), room, 'Ada');
  const bob = await joinWith(await ada.openAnother(), room, 'Bob', 'one');
  await ada.publish(11, 440);
  await expect.poll(() => bob.tonesHz()).toEqual([0]);
  await expect.poll(() => framesEncoded(ada)).toBeGreaterThan(30);
  expect(await bytesReceived(bob)).toEqual([0, 0]);
  // Nothing else is offered, so that no server can choose it.
  const codecs = await ada.page.evaluate(() => {
    const { sdp } = window.probe.peerConnections()[0]?.localDescription ?? {};
    return [...(sdp ?? '').matchAll(/^a=rtpmap:\d+ (.+?)\//gm)].map(([, name]) => name);
  });
  expect(codecs).toEqual(['opus', 'VP8', 'rtx']);

  await setKey(ada, 'one');
  await bob.expectPicturesOf(11);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);

  await setKey(ada, 'two', 1);
  await expect.poll(() => bob.diary()).toContain('cannot decrypt Ada MIC_AND_CAM');
  await setKey(bob, 'two', 1);
  await expect.poll(() => bob.diary()).toContain('decrypts Ada MIC_AND_CAM');
  const { framesDecoded } = await bob.received();
  await expect.poll(async () => (await bob.received()).framesDecoded).toBeGreaterThan(framesDecoded + 20);
  await bob.expectPicturesOf(11);

  await ada.page.evaluate(() => window.encryption?.close());
  const [bytes, encoded] = [await bytesReceived(bob), await framesEncoded(ada)];
  await expect.poll(() => framesEncoded(ada)).toBeGreaterThan(encoded + 30);
  const later = await bytesReceived(bob);
  // What was on its way still came, which is less than a second of it.
  expect(later[0]).toBeLessThan((bytes[0] ?? 0) + 5_000);
  expect(await ada.diary()).not.toContainEqual(expect.stringMatching(/^error/));
  for (const caller of [ada, bob]) await caller.close();
});

test('each layer of a picture is encrypted, and all is still after the server was gone', async ({
  browser,
}) => {
  const server = await OwnServer.start();
  const place = await server.openConference();
  const ada = await Caller.open(browser);
  const bob = await ada.openAnother();
  for (const caller of [ada, bob]) await encryptWith(caller.page, { key: 'one' });
  await Promise.all([ada.joinAt(place, 'Ada'), bob.joinAt(place, 'Bob')]);
  await ada.publish(11, 440);
  await bob.expectPicturesOf(11);
  for (const maxHeightPx of [180, 360]) {
    await bob.page.evaluate(setVideo, { maxHeightPx });
    await expect.poll(async () => (await newestVideo(bob)).heightPx).toBe(maxHeightPx);
    const { framesDecoded } = await newestVideo(bob);
    await expect.poll(async () => (await newestVideo(bob)).framesDecoded).toBeGreaterThan(framesDecoded + 10);
  }

  await server.kill();
  await server.startAgain();
  await expect.poll(() => ada.diary(), { timeout: 30_000 }).toContain('restored MIC_AND_CAM');
  await expect.poll(() => bob.page.evaluate(() => window.views.size)).toBe(1);
  await bob.expectPicturesOf(11);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  // Whoever comes without a key still gets nothing.
  const cyd = await ada.openAnother();
  await cyd.joinAt(place, 'Cyd');
  await expectNothingOfWhatComes(cyd, 1);
  for (const caller of [ada, bob, cyd]) await caller.close();
  await server.close();
});

test('a page whose policy forbids workers made from text is told so, and can bring its own', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  await ada.page.route(`${demoUrl}/`, async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), 'content-security-policy': "worker-src 'self'" };
    await route.fulfill({ response, headers });
  });
  await ada.reload();
  await encryptWith(ada.page, {});
  const refused = await ada.page.evaluate(() =>
    window.encryption?.setKey('one').then(
      () => 'none',
      (error: { code: string }) => error.code,
    ),
  );
  expect(refused).toBe('ERR_MEDIA_ENCRYPTION');

  const workerFile = new URL('../packages/sdk/src/encryption/frame-worker.ts', import.meta.url).pathname;
  await encryptWith(ada.page, { key: 'one', workerUrl: `/@fs${workerFile}` });
  await ada.join(room, 'Ada');
  const bob = await joinWith(await ada.openAnother(), room, 'Bob', 'one');
  await Promise.all([ada.publish(11, 440), bob.publish(22, 880)]);
  await ada.expectPicturesOf(22);
  await bob.expectPicturesOf(11);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  for (const caller of [ada, bob]) await caller.close();
});

test('Chromium and Firefox see and hear each other, encrypted', async ({ browser }) => {
  test.skip(
    !hasNetwork,
    'Firefox does no ICE over loopback, and this machine has no other network interface.',
  );
  const room = newRoom();
  const fox = await FirefoxCaller.open();
  await encryptWith(fox.page, { key: 'one' });
  const ada = await joinWith(await Caller.open(browser), room, 'Ada', 'one');
  await fox.join(room, 'Fox');
  await Promise.all([ada.publish(11, 440), fox.publish(22)]);
  await ada.expectPicturesOf(22);
  await expect.poll(() => fox.pictureIds()).toEqual([11]);
  await expect.poll(() => ada.tonesHz()).toEqual([fakeMicrophoneHz]);
  const { audioEnergy } = await fox.received();
  await expect.poll(async () => (await fox.received()).audioEnergy).toBeGreaterThan(audioEnergy + 0.1);
  const dan = await ada.openAnother();
  await dan.join(room, 'Dan');
  await expectNothingOfWhatComes(dan, 2);
  await fox.close();
  for (const caller of [ada, dan]) await caller.close();
});
