import { test, type Browser } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { askForTicket, Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { expectFilm, receivedFilm } from './support/film.ts';
import { launchChromium } from './support/launch-chromium.ts';

// Three fake cameras, of which the second gives depths and no pictures, and microphones that beep.
let browser: Browser;

test.beforeAll(async () => {
  browser = await launchChromium([
    '--use-fake-device-for-media-stream=device-count=3',
    '--use-fake-ui-for-media-stream',
  ]);
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

test('a camera that is chosen by its label is opened, and a stream follows when another is chosen', async () => {
  const { ada, bob } = await adaAndBob();
  const cameraNow = () => ada.page.evaluate(() => window.mine.mediaStream.getVideoTracks()[0]?.label);
  await ada.page.evaluate(async () => {
    const devices = await window.Parley.createDevices();
    devices.setIntent('camera', { mode: 'manual', label: 'fake_device_2' });
    window.mine = await window.conference.publishStream({ camera: devices.camera });
    devices.follow(window.mine);
    Object.assign(window, { devices });
  });
  expect(await cameraNow()).toBe('fake_device_2');
  await expectFilm(bob);
  await ada.page.evaluate(() => {
    const { devices } = window as unknown as {
      devices: Awaited<ReturnType<typeof window.Parley.createDevices>>;
    };
    devices.setIntent('camera', { mode: 'ranked', labels: ['not there', 'fake_device_0'] });
  });
  await expect.poll(cameraNow).toBe('fake_device_0');
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
  await expect.poll(async () => (await receivedFilm(bob)).brightness).toBeLessThan(10);
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
    await expect.poll(async () => (await receivedFilm(bob)).brightness).toBeLessThan(10);
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
  await expect
    .poll(async () => (await receivedFilm(bob)).width, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(640);
  await ada.close();
  await bob.close();
});

test('a preview is measured, then published as it is, and the viewer sees it', async () => {
  const { ada, bob } = await adaAndBob();
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
  await expectFilm(bob);
  await ada.close();
  await bob.close();
});

test('camera and microphone are opened while joining, and the viewer sees what they give', async () => {
  const room = newRoom();
  const [ada, bob] = await Promise.all([Caller.open(browser), Caller.open(browser)]);
  await bob.join(room, 'Bob');
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
  await expectFilm(bob);
  await expect.poll(async () => (await bob.received()).audioPacketBytes).toBeGreaterThan(0);
  await ada.close();
  await bob.close();
});

test('a muted microphone that hears somebody is told of', async () => {
  const { ada, bob } = await adaAndBob();
  await publish(ada, { microphone: true });
  const warning = await ada.page.evaluate(async () => {
    // A microphone that hears a steady tone, because the fake one only beeps for a moment.
    const tone = window.probe.source({ id: 1, toneHz: 440 }).getAudioTracks()[0];
    if (!tone) throw new Error('There is no tone.');
    await window.mine.switchTo({ microphone: tone });
    await window.mine.mute('audio');
    return await new Promise<string>((resolve) => {
      window.Parley.watchMedia(window.mine, {
        onChange: (warning, isActive) => resolve(`${warning} ${isActive}`),
      });
    });
  });
  expect(warning).toBe('speaking-while-muted true');
  await ada.close();
  await bob.close();
});

test('a page whose policy forbids the camera says so', async () => {
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
