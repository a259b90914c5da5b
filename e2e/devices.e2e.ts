import { test } from '@playwright/test';
import { adaAndBob, publishDevices } from './support/ada-and-bob.ts';
import { demoUrl } from './support/addresses.ts';
import { askForTicket, Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { expectMovingVideo, receivedVideo } from './support/moving-video.ts';

// In Chromium three fake cameras, of which the second gives depth data instead of video. Firefox has only one.
test.use({
  launchOptions: async ({ browserName, launchOptions }, use) => {
    const fakeDevices = '--use-fake-device-for-media-stream=device-count=3';
    await use({
      ...launchOptions,
      ...(browserName === 'chromium' && { args: [...(launchOptions.args ?? []), fakeDevices] }),
    });
  },
});

// Firefox has only one fake camera.
test(
  'switching the camera needs no negotiation and keeps the viewer’s video',
  { tag: '@chromium' },
  async ({ browser }) => {
    const { ada, bob } = await adaAndBob(browser);
    await publishDevices(ada, { camera: true });
    await expectMovingVideo(bob);
    const ids = await ada.page.evaluate(async () => {
      const devices = await navigator.mediaDevices.enumerateDevices();
      const idNow = () => window.mine.mediaStream.getVideoTracks()[0]?.getSettings().deviceId;
      const before = idNow();
      const other = devices.find(({ label }) => label === 'fake_device_2')?.deviceId;
      const [old] = window.mine.mediaStream.getVideoTracks();
      await window.mine.switchTo({ camera: { deviceId: { exact: other ?? '' } } });
      return {
        before,
        other,
        after: idNow(),
        old: old?.readyState,
        peers: window.probe.peerConnectionsEver(),
      };
    });
    expect(ids.after).toBe(ids.other);
    expect(ids.after).not.toBe(ids.before);
    expect(ids).toMatchObject({ old: 'ended', peers: 1 });
    await expectMovingVideo(bob);
    await ada.close();
    await bob.close();
  },
);

// Firefox has only one fake camera.
test(
  'opens the camera chosen by label, and the stream follows a new choice',
  { tag: '@chromium' },
  async ({ browser }) => {
    const { ada, bob } = await adaAndBob(browser);
    const cameraNow = () => ada.page.evaluate(() => window.mine.mediaStream.getVideoTracks()[0]?.label);
    await ada.page.evaluate(async () => {
      const devices = await window.Parley.createDevices();
      devices.setIntent('camera', { mode: 'manual', label: 'fake_device_2' });
      window.mine = await window.conference.publishStream({ camera: devices.camera });
      devices.follow(window.mine);
      Object.assign(window, { devices });
    });
    expect(await cameraNow()).toBe('fake_device_2');
    await expectMovingVideo(bob);
    await ada.page.evaluate(() => {
      const { devices } = window as unknown as {
        devices: Awaited<ReturnType<typeof window.Parley.createDevices>>;
      };
      devices.setIntent('camera', { mode: 'ranked', labels: ['not there', 'fake_device_0'] });
    });
    await expect.poll(cameraNow).toBe('fake_device_0');
    await expectMovingVideo(bob);
    await ada.close();
    await bob.close();
  },
);

for (const [way, tag] of [
  // Firefox has no streams of frames.
  ['streams of frames', ['@chromium']],
  ['a canvas', []],
] as const) {
  test(`a processor changes the viewer’s video, using ${way}`, { tag: [...tag] }, async ({ browser }) => {
    const { ada, bob } = await adaAndBob(browser);
    await publishDevices(ada, { camera: true });
    await expectMovingVideo(bob);
    await ada.page.evaluate(async (way) => {
      if (way === 'a canvas') Object.assign(window, { MediaStreamTrackProcessor: undefined });
      let drawn = 0;
      await window.mine.setProcessor(
        'video',
        window.Parley.videoFrameProcessor((context, _picture, { width, height }) => {
          drawn += 1;
          // Alternates between two colors, so that the encoder always has a change to encode.
          context.fillStyle = drawn % 2 === 0 ? '#000' : '#010101';
          context.fillRect(0, 0, width, height);
        }),
      );
    }, way);
    await expect.poll(async () => (await receivedVideo(bob)).brightness).toBeLessThan(10);
    await ada.page.evaluate(() => window.mine.setProcessor('video', undefined));
    await expectMovingVideo(bob);
    await ada.close();
    await bob.close();
  });
}

test('a camera is encoded in full size when the server accepts only one layer', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  await publishDevices(ada, { camera: true });
  await expectMovingVideo(bob);
  await expect
    .poll(async () => (await receivedVideo(bob)).width, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(640);
  await ada.close();
  await bob.close();
});

test('a preview can be measured, then published unchanged, and reaches the viewer', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  const seen = await ada.page.evaluate(async () => {
    const { createPreview, createLevelMeter } = window.Parley;
    const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    let asked = 0;
    navigator.mediaDevices.getUserMedia = (constraints) => {
      asked += 1;
      return getUserMedia(constraints);
    };
    const preview = await createPreview({ camera: true, microphone: true });
    // The fake microphone beeps once a second.
    const loudest = await new Promise<number>((resolve) => {
      const meter = createLevelMeter(preview.mediaStream, {
        onLevel: (level) => {
          if (level <= 0.001) return;
          meter.stop();
          resolve(level);
        },
      });
    });
    window.mine = await window.conference.publishStream({ preview });
    return { loudest, asked, isSame: window.mine.mediaStream === preview.mediaStream };
  });
  expect(seen).toMatchObject({ asked: 1, isSame: true });
  expect(seen.loudest).toBeLessThanOrEqual(1);
  await expectMovingVideo(bob);
  await ada.close();
  await bob.close();
});

test('camera and microphone open while joining, and reach the viewer', async ({ browser }) => {
  const room = newRoom();
  const bob = await Caller.open(browser);
  await bob.join(room, 'Bob');
  const ada = await Caller.open(browser);
  const order = await ada.page.evaluate(
    async ({ ticket, conferenceId }) => {
      const { Parley } = window;
      const order: string[] = [];
      const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (constraints) => {
        order.push('asked');
        return getUserMedia(constraints);
      };
      const server = location.origin;
      const { token } = await Parley.redeemTicket({ server, ticket });
      const publish = { camera: true, microphone: true };
      window.conference = await Parley.Conference.join({ server, conferenceId, token, publish });
      order.push('inside');
      const published = await window.conference.published;
      order.push(`published ${published?.type}`);
      return order;
    },
    await askForTicket(room),
  );
  expect(order).toEqual(['asked', 'inside', 'published MIC_AND_CAM']);
  await expectMovingVideo(bob);
  await expect.poll(async () => (await bob.received()).audioPacketBytes).toBeGreaterThan(0);
  await ada.close();
  await bob.close();
});

test('encodes for the new size when a shared window is resized', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  await ada.page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const context = canvas.getContext('2d');
    setInterval(() => {
      if (context) context.fillStyle = `hsl(${performance.now() % 360} 80% 60%)`;
      context?.fillRect(0, 0, canvas.width, canvas.height);
    }, 50);
    const mediaStream = canvas.captureStream(15);
    window.mine = await window.conference.publishStream({ mediaStream, type: 'SCREEN' });
    Object.assign(window, { canvas });
  });
  const limitBps = () =>
    ada.page.evaluate(
      () =>
        window.probe.peerConnections().at(-1)?.getSenders()[0]?.getParameters().encodings.at(-1)?.maxBitrate,
    );
  await expect.poll(async () => (await receivedVideo(bob)).width).toBeGreaterThan(0);
  expect(await limitBps()).toBe(400_000);
  await ada.page.evaluate(() => {
    const { canvas } = window as unknown as { canvas: HTMLCanvasElement };
    Object.assign(canvas, { width: 1920, height: 1080 });
  });
  await expect.poll(limitBps).toBe(2_500_000);
  await expect.poll(async () => (await receivedVideo(bob)).width).toBeGreaterThan(320);
  await ada.close();
  await bob.close();
});

// Firefox ignores the header `Permissions-Policy`.
test('reports a page policy that forbids the camera', { tag: '@chromium' }, async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'permissions-policy': 'camera=()' } });
  });
  await page.goto(demoUrl);
  await page.addScriptTag({ url: '/parley.iife.js' });
  const code = await page.evaluate(() =>
    window.Parley.createPreview({ camera: true }).then(
      () => 'none',
      (error: unknown) => (error as { code: string }).code,
    ),
  );
  expect(code).toBe('ERR_DEVICE_BLOCKED_BY_POLICY');
  await context.close();
});
