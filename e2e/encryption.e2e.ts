import { test, type Browser } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { Caller, newRoom } from './support/caller.ts';
import { encryptWith } from './support/encrypt-with.ts';
import { expectSilenceOnceClosed, framesEncoded, newestView } from './support/encrypted-media.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';
import { setVideo } from './support/page-scripts.ts';
import { serveOwnWorker } from './support/serve-own-worker.ts';

/** The tones of all streams published here. */
const publishedHz = [440, 660, 880];

/** Joins with encryption. Without a passphrase, the page has no key yet. */
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

/** Bytes of audio and video that a page has received, decoded or not. */
async function bytesReceived({ page }: Caller): Promise<number[]> {
  return await page.evaluate(() =>
    Promise.all([window.probe.bytesReceived('audio'), window.probe.bytesReceived('video')]),
  );
}

/** Waits until a page has received audio and video of `streams` for a while, and proves that it cannot decode them. */
async function expectUndecodable(caller: Caller, streams: number): Promise<void> {
  const { page } = caller;
  await expect.poll(() => page.evaluate(() => window.views.size)).toBe(streams);
  await page.evaluate(() => {
    for (const view of window.views.values()) {
      const video = Object.assign(document.createElement('video'), {
        muted: true,
        srcObject: view.mediaStream,
      });
      document.body.append(video);
      // This never settles for media that never starts to play.
      video.play().catch(() => {});
    }
  });
  const before = await bytesReceived(caller);
  const hasReceived = async () =>
    (await bytesReceived(caller)).every((bytes, kind) => bytes > (before[kind] ?? 0) + 3_000);
  await expect.poll(hasReceived).toBe(true);
  const videos = await page.evaluate(() =>
    [...document.querySelectorAll('video')].map((video) => window.probe.readElement(video) ?? 'nothing'),
  );
  expect(videos).toEqual(Array.from({ length: streams }, () => 'nothing'));
  // A page that does not decrypt may hear noise, in which any frequency may be the loudest.
  for (const toneHz of await caller.tonesHz()) expect(publishedHz).not.toContain(toneHz);
}

/** Waits until the page has decoded ten more frames of its newest view. */
async function expectMoreFrames(caller: Caller): Promise<void> {
  await expectToGrow(async () => (await newestView(caller)).framesDecoded, 10);
}

/**
 * Opens a page whose policy forbids workers created from text. Checks the error that it gets, then gives it its own worker.
 * The page has no key yet.
 */
async function openWithOwnWorker(browser: Browser): Promise<Caller> {
  const caller = await Caller.open(browser);
  const { page } = caller;
  await page.route(`${demoUrl}/`, async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), 'content-security-policy': "worker-src 'self'" };
    await route.fulfill({ response, headers });
  });
  await caller.reload();
  await encryptWith(page, {});
  const refusal = await page.evaluate(() =>
    window.encryption?.setKey('one').then(
      () => 'none',
      (error: { code: string }) => error.code,
    ),
  );
  expect(refusal).toBe('ERR_MEDIA_ENCRYPTION');
  await encryptWith(page, { workerUrl: await serveOwnWorker(page) });
  return caller;
}

/** Ada and Bob in a call that all tests share, in order. */
let room: string;
let ada: Caller;
let bob: Caller;

test.beforeAll(async ({ browser }) => {
  room = newRoom();
  [ada, bob] = await Promise.all([
    openWithOwnWorker(browser),
    Caller.open(browser).then((caller) => joinWith(caller, room, 'Bob', 'one')),
  ]);
  await ada.join(room, 'Ada');
  await Promise.all([ada.publish(11, 440), bob.publish(22, 880)]);
});

test.afterAll(async () => {
  await ada.close();
  await bob.close();
});

test('sends nothing without a key; participants with the same key see and hear each other', async () => {
  await expect.poll(() => bob.tonesHz()).toEqual([0]);
  await expect.poll(() => framesEncoded(ada)).toBeGreaterThan(15);
  expect(await bytesReceived(bob)).toEqual([0, 0]);
  // Offers no other codecs, so that no server can choose them.
  const codecs = await ada.page.evaluate(() => {
    const offer = window.probe.peerConnections().find((peer) => peer.getSenders().some(({ track }) => track));
    const { sdp = '' } = offer?.localDescription ?? {};
    return [...sdp.matchAll(/^a=rtpmap:\d+ (.+?)\//gm)].map(([, name]) => name);
  });
  expect(codecs).toEqual(['opus', 'VP8', 'rtx']);

  await setKey(ada, 'one');
  await bob.expectVideoOf(11);
  await ada.expectVideoOf(22);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  await expect.poll(() => ada.tonesHz()).toEqual([880]);
});

test('participants without the key receive only noise until they have it', async ({ browser }) => {
  const [cyd, dan] = await Promise.all([
    Caller.open(browser).then((caller) => joinWith(caller, room, 'Cyd', 'another')),
    Caller.open(browser),
  ]);
  // Without encryption, like an observer at the server.
  await dan.join(room, 'Dan');
  await Promise.all([cyd, dan].map((caller) => expectUndecodable(caller, 2)));
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
  await cyd.expectVideoOf(11, 22);
  await expect.poll(() => cyd.tonesHz()).toEqual([440, 880]);
  expect((await cyd.diary()).slice(-2).toSorted()).toEqual([
    'decrypts Ada MIC_AND_CAM',
    'decrypts Bob MIC_AND_CAM',
  ]);
  expect(await cyd.page.evaluate(() => window.encryption?.undecryptedStreamIds)).toEqual([]);

  // Unencrypted media is not played either.
  await cyd.page.evaluate(() => window.views.clear());
  await dan.publish(33, 660);
  await expect.poll(() => cyd.tonesHz()).toEqual([0]);
  await expect.poll(() => cyd.diary()).toContain('cannot decrypt Dan MIC_AND_CAM');
  expect((await newestView(cyd)).framesDecoded).toBe(0);
  await cyd.close();
  await dan.close();
  await expect.poll(() => bob.diary()).toContain('left Dan');
});

test('layers and keys change without interrupting the video, and nothing is sent after closing', async () => {
  await bob.page.evaluate(setVideo, { maxHeightPx: 180 });
  await expect.poll(async () => (await newestView(bob)).heightPx).toBe(180);
  await expectMoreFrames(bob);

  await setKey(ada, 'two', 1);
  await expect.poll(() => bob.diary()).toContain('cannot decrypt Ada MIC_AND_CAM');
  await setKey(bob, 'two', 1);
  await expect.poll(() => bob.diary()).toContain('decrypts Ada MIC_AND_CAM');
  await expectMoreFrames(bob);

  await expectSilenceOnceClosed(ada, bob);
});
