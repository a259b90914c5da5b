import { chromium, expect, test, type Browser } from '@playwright/test';
import { findBrowser } from './support/browser.ts';
import { browserArguments } from './support/browser-arguments.ts';
import { Caller, newRoom } from './support/caller.ts';

// Three fake cameras, of which the second gives depths and no pictures, and microphones that beep.
let browser: Browser;

test.beforeAll(async () => {
  const executablePath = findBrowser();
  browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: [
      ...browserArguments,
      '--use-fake-device-for-media-stream=device-count=3',
      '--use-fake-ui-for-media-stream',
    ],
  });
});

test.afterAll(async () => {
  await browser.close();
});

/** Ada, who publishes what `options` say, and Bob, who views it. */
async function adaAndBob(): Promise<{ ada: Caller; bob: Caller }> {
  const room = newRoom();
  const [ada, bob] = await Promise.all([Caller.open(browser), Caller.open(browser)]);
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  return { ada, bob };
}

async function publish(caller: Caller, options: { camera?: boolean; microphone?: boolean }): Promise<void> {
  await caller.page.evaluate(async (options) => {
    window.mine = await window.conference.publishStream(options);
  }, options);
}

/** The pictures that this page has decoded of what it views, and how bright the last one is, 0 to 255. */
async function received(caller: Caller): Promise<{ frames: number; width: number; brightness: number }> {
  return await caller.page.evaluate(() => {
    const [view] = window.views.values();
    if (!view) return { frames: 0, width: 0, brightness: 0 };
    const known = document.querySelector('video');
    const video = known ?? document.body.appendChild(document.createElement('video'));
    if (video.srcObject !== view.mediaStream) {
      Object.assign(video, { muted: true, srcObject: view.mediaStream });
      void video.play();
    }
    const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 9 });
    const context = canvas.getContext('2d');
    context?.drawImage(video, 0, 0, 16, 9);
    const pixels = [...(context?.getImageData(0, 0, 16, 9).data ?? [])];
    return {
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
      width: video.videoWidth,
      brightness:
        pixels.filter((_, index) => index % 4 !== 3).reduce((sum, one) => sum + one, 0) / (16 * 9 * 3),
    };
  });
}

/** Waits until the page has decoded ten more pictures that are not black. */
async function expectFilm(caller: Caller): Promise<void> {
  const { frames } = await received(caller);
  await expect.poll(async () => (await received(caller)).frames).toBeGreaterThan(frames + 10);
  await expect.poll(async () => (await received(caller)).brightness).toBeGreaterThan(20);
}

test('a camera is switched in mid-call without a negotiation, and the viewer goes on', async () => {
  const { ada, bob } = await adaAndBob();
  await publish(ada, { camera: true });
  await expectFilm(bob);
  const ids = await ada.page.evaluate(async () => {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const idNow = () => window.mine.mediaStream.getVideoTracks()[0]?.getSettings().deviceId;
    const before = idNow();
    const other = devices.find(({ label }) => label === 'fake_device_2')?.deviceId;
    const [old] = window.mine.mediaStream.getVideoTracks();
    await window.mine.switchTo({ camera: { deviceId: { exact: other ?? '' } } });
    return { before, other, after: idNow(), old: old?.readyState, peers: window.probe.peerConnectionsEver() };
  });
  expect(ids.after).toBe(ids.other);
  expect(ids.after).not.toBe(ids.before);
  expect(ids).toMatchObject({ old: 'ended', peers: 1 });
  await expectFilm(bob);
  await ada.close();
  await bob.close();
});

test('a mute frees the camera, everybody knows, and unmuting brings the picture back', async () => {
  const { ada, bob } = await adaAndBob();
  await publish(ada, { camera: true, microphone: true });
  await expectFilm(bob);
  await ada.page.evaluate(() => window.mine.mute('video'));
  expect(
    await ada.page.evaluate(() => window.mine.mediaStream.getTracks().map((track) => track.readyState)),
  ).toEqual(['live', 'ended']);
  const seesMute = () =>
    bob.page.evaluate(() => {
      const [view] = window.views.values();
      return window.Parley.selectMuted(window.conference.state.getSnapshot(), view?.streamId ?? '', 'video');
    });
  await expect.poll(seesMute).toBe(true);
  await ada.page.evaluate(() => window.mine.unmute('video'));
  await expect.poll(seesMute).toBe(false);
  await expectFilm(bob);
  await ada.close();
  await bob.close();
});

test('hold turns the picture black for the viewer, resume brings it back', async () => {
  const { ada, bob } = await adaAndBob();
  await publish(ada, { camera: true });
  await expectFilm(bob);
  await bob.page.evaluate(() => window.conference.hold());
  await expect.poll(async () => (await received(bob)).brightness).toBeLessThan(10);
  await ada.page.evaluate(() => window.conference.resume());
  await expectFilm(bob);
  await ada.close();
  await bob.close();
});

for (const way of ['streams of frames', 'a canvas'] as const) {
  test(`a processor changes the picture for the viewer, by ${way}`, async () => {
    const { ada, bob } = await adaAndBob();
    await publish(ada, { camera: true });
    await expectFilm(bob);
    await ada.page.evaluate(async (way) => {
      if (way === 'a canvas') Object.assign(window, { MediaStreamTrackProcessor: undefined });
      let drawn = 0;
      await window.mine.setProcessor(
        'video',
        window.Parley.videoFrameProcessor((context, _picture, { width, height }) => {
          drawn += 1;
          // Never quite the same, so that there is something to encode.
          context.fillStyle = drawn % 2 === 0 ? '#000' : '#010101';
          context.fillRect(0, 0, width, height);
        }),
      );
    }, way);
    await expect.poll(async () => (await received(bob)).brightness).toBeLessThan(10);
    await ada.page.evaluate(() => window.mine.setProcessor('video', undefined));
    await expectFilm(bob);
    await ada.close();
    await bob.close();
  });
}

test('a camera is encoded for its whole size when the server leaves one layer', async () => {
  const { ada, bob } = await adaAndBob();
  await publish(ada, { camera: true });
  await expectFilm(bob);
  await expect.poll(async () => (await received(bob)).width, { timeout: 30_000 }).toBeGreaterThanOrEqual(640);
  await ada.close();
  await bob.close();
});
