import { test, type Browser } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { askForTicket, Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { launchChromium } from './support/launch-chromium.ts';
import { expectMovingVideo, receivedVideo } from './support/moving-video.ts';

// Three fake cameras, of which the second gives depth data instead of video, and microphones that beep.
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

/** Ada and Bob in one call. */
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

/** The kinds of the first stream that a caller sees as muted. */
async function mutedKinds(caller: Caller): Promise<string[]> {
  return await caller.page.evaluate(() => {
    const [view] = window.views.values();
    const snapshot = window.conference.state.getSnapshot();
    return (['audio', 'video'] as const).filter((kind) =>
      window.Parley.selectMuted(snapshot, view?.streamId ?? '', kind),
    );
  });
}

test('switching the camera needs no negotiation and keeps the viewer’s video', async () => {
  const { ada, bob } = await adaAndBob();
  await publish(ada, { camera: true });
  await expectMovingVideo(bob);
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
  await expectMovingVideo(bob);
  await ada.close();
  await bob.close();
});

test('opens the camera chosen by label, and the stream follows a new choice', async () => {
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
});

test('muting releases the camera and is visible to viewers; unmuting restores the video', async () => {
  const { ada, bob } = await adaAndBob();
  await publish(ada, { camera: true, microphone: true });
  await expectMovingVideo(bob);
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
  await expectMovingVideo(bob);
  await ada.close();
  await bob.close();
});

test('hold turns the viewer’s video black; resume restores it', async () => {
  const { ada, bob } = await adaAndBob();
  await publish(ada, { camera: true });
  await expectMovingVideo(bob);
  await bob.page.evaluate(() => window.conference.hold());
  await expect.poll(async () => (await receivedVideo(bob)).brightness).toBeLessThan(10);
  await ada.page.evaluate(() => window.conference.resume());
  await expectMovingVideo(bob);
  await ada.close();
  await bob.close();
});

for (const way of ['streams of frames', 'a canvas'] as const) {
  test(`a processor changes the viewer’s video, using ${way}`, async () => {
    const { ada, bob } = await adaAndBob();
    await publish(ada, { camera: true });
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

test('a camera is encoded in full size when the server accepts only one layer', async () => {
  const { ada, bob } = await adaAndBob();
  await publish(ada, { camera: true });
  await expectMovingVideo(bob);
  await expect
    .poll(async () => (await receivedVideo(bob)).width, { timeout: 30_000 })
    .toBeGreaterThanOrEqual(640);
  await ada.close();
  await bob.close();
});

test('a preview can be measured, then published unchanged, and reaches the viewer', async () => {
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
  await expectMovingVideo(bob);
  await ada.close();
  await bob.close();
});

test('camera and microphone open while joining, and reach the viewer', async () => {
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
  await expectMovingVideo(bob);
  await expect.poll(async () => (await bob.received()).audioPacketBytes).toBeGreaterThan(0);
  await ada.close();
  await bob.close();
});

test('warns when the user speaks while muted', async () => {
  const { ada, bob } = await adaAndBob();
  await publish(ada, { microphone: true });
  const warning = await ada.page.evaluate(async () => {
    // A track with a steady tone, because the fake microphone only beeps briefly.
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

test('a microphone that the app disabled stays off until it is unmuted; muting needs no network', async () => {
  const { ada, bob } = await adaAndBob();
  await ada.page.evaluate(async () => {
    const [tone] = window.probe.source({ id: 1, toneHz: 440 }).getAudioTracks();
    if (!tone) throw new Error('There is no tone.');
    tone.enabled = false;
    window.mine = await window.conference.publishStream({
      mediaStream: new MediaStream([tone]),
      type: 'MIC',
    });
  });
  const sees = () => mutedKinds(bob);
  await expect.poll(sees).toEqual(['audio']);
  await bob.page.evaluate(async () => {
    await window.conference.hold();
    await window.conference.setMetadata('topic', 'x');
    await window.conference.resume();
    await window.conference.setMetadata('topic', 'y');
  });
  const topic = () =>
    ada.page.evaluate(() => window.conference.state.getSnapshot().conference.metadata['topic']?.value);
  await expect.poll(topic).toBe('y');
  expect(await ada.page.evaluate(() => window.mine.isMuted('audio'))).toBe(true);
  expect(await bob.tonesHz()).toEqual([0]);

  await ada.page.evaluate(() => window.mine.unmute('audio'));
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  expect(await sees()).toEqual([]);

  await ada.page.context().setOffline(true);
  await ada.page.evaluate(() => void window.mine.mute('audio').catch(() => {}));
  await expect.poll(() => bob.tonesHz()).toEqual([0]);
  expect(await sees()).toEqual([]);
  await ada.page.context().setOffline(false);
  await expect.poll(sees).toEqual(['audio']);
  await ada.close();
  await bob.close();
});

test('starts muted without opening the camera; no viewer ever sees it unmuted', async () => {
  const { ada, bob } = await adaAndBob();
  await bob.page.evaluate(() => {
    window.conference.on('stream-published', ({ stream }) => {
      const snapshot = window.conference.state.getSnapshot();
      const isMuted = (kind: 'audio' | 'video') => window.Parley.selectMuted(snapshot, stream.id, kind);
      window.diary.push(`muted ${isMuted('audio')} ${isMuted('video')}`);
    });
  });
  const open = await ada.page.evaluate(async () => {
    window.mine = await window.conference.publishStream({ camera: true, microphone: true, muted: true });
    return window.mine.mediaStream.getTracks().map(({ kind, enabled }) => `${kind} ${enabled}`);
  });
  expect(open).toEqual(['audio false']);
  await expect.poll(() => bob.diary()).toContain('muted true true');
  await ada.page.evaluate(() => window.mine.unmute('video'));
  await expectMovingVideo(bob);
  await ada.close();
  await bob.close();
});

test('encodes for the new size when a shared window is resized', async () => {
  const { ada, bob } = await adaAndBob();
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

test('reports a page policy that forbids the camera', async () => {
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
