import { test, type Browser } from '@playwright/test';
import { adaAndBob } from './support/ada-and-bob.ts';
import { demoUrl } from './support/addresses.ts';
import type { Caller } from './support/caller.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';
import { receivedVideo } from './support/moving-video.ts';
import { hearLevels, pausesAndSpeech, publishNoisySpeech } from './support/noisy-speech.ts';
import { publishPerson, seePerson, type PersonView } from './support/person-video.ts';
import { loadProcessors } from './support/processors-bundle.ts';
import { spokenWav } from './support/spoken-wav.ts';
import { watchAudioContexts, watchWorkers } from './support/use-processors.ts';

const assets = '/processors/';
/** Of the image that stands in for a background: no color of the drawing is near it. */
const magenta = [220, 0, 200] as const;

/** Ada publishes a drawn person, and Bob sees it sharp. */
async function personInCall(browser: Browser): Promise<{ ada: Caller; bob: Caller; before: PersonView }> {
  const { ada, bob } = await adaAndBob(browser);
  await ada.page.evaluate(watchWorkers);
  await loadProcessors(ada.page);
  await ada.page.evaluate(publishPerson, {});
  await expect.poll(async () => (await see(bob)).background.detail).toBeGreaterThan(1_000);
  await expect.poll(async () => (await see(bob)).shirt.detail).toBeGreaterThan(1_000);
  return { ada, bob, before: await see(bob) };
}

async function see(caller: Caller): Promise<PersonView> {
  const nothing = { detail: 0, color: [0, 0, 0] } as const;
  const seen = await caller.page.evaluate(seePerson);
  return seen ?? { width: 0, height: 0, background: nothing, shirt: nothing, face: nothing };
}

function blur(caller: Caller): Promise<void> {
  return caller.page.evaluate(
    (assets) => window.mine.setProcessor('video', window.processors.backgroundBlur({ assets })),
    assets,
  );
}

/** How far two colors are apart, in the channel in which they differ most. */
function distance(one: readonly number[], other: readonly number[]): number {
  return Math.max(...one.map((value, channel) => Math.abs(value - (other[channel] ?? 0))));
}

/** Waits until the person looks as before: after each change, an encoder on a busy machine begins with a coarse picture. */
async function expectSharpPerson(caller: Caller, before: PersonView): Promise<void> {
  await expect.poll(async () => (await see(caller)).shirt.detail).toBeGreaterThan(before.shirt.detail / 2);
  expect(distance((await see(caller)).face.color, before.face.color)).toBeLessThan(25);
}

test('a viewer sees the person sharp and the background blurred, also after the video changes its size', async ({
  browser,
}) => {
  const { ada, bob, before } = await personInCall(browser);
  const origins = new Set<string>();
  ada.page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http')) origins.add(origin);
  });
  await blur(ada);
  await expect
    .poll(async () => (await see(bob)).background.detail)
    .toBeLessThan(before.background.detail / 20);
  await expectSharpPerson(bob, before);
  // Neither its library nor its model may come from, or report to, anyone else.
  expect([...origins]).toEqual([demoUrl]);

  await ada.page.evaluate(() => Object.assign(window.personCanvas, { width: 360, height: 640 }));
  await expect
    .poll(async () => {
      const { width, height } = await see(bob);
      return height > width && width > 0;
    })
    .toBe(true);
  await expect.poll(async () => (await see(bob)).shirt.detail).toBeGreaterThan(before.shirt.detail / 3);
  expect((await see(bob)).background.detail).toBeLessThan(before.background.detail / 20);

  await ada.page.evaluate(() => window.mine.setProcessor('video', undefined));
  await expect
    .poll(async () => (await see(bob)).background.detail)
    .toBeGreaterThan(before.background.detail / 2);
  expect(await ada.page.evaluate(() => window.workers.map(({ isTerminated }) => isTerminated))).toEqual([
    true,
  ]);
  await ada.close();
  await bob.close();
});

for (const [given, way] of [
  ['a URL', 'streams of frames'],
  ['an image', 'a canvas'],
] as const) {
  test(`a viewer sees the person in front of an image, given as ${given} and drawn with ${way}`, async ({
    browser,
  }) => {
    const { ada, bob, before } = await personInCall(browser);
    await ada.page.evaluate(
      async ({ assets, color, given, way }) => {
        if (way === 'a canvas') Object.assign(window, { MediaStreamTrackProcessor: undefined });
        const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 40 });
        const context = canvas.getContext('2d');
        if (!context) throw new Error('This browser draws no canvas.');
        context.fillStyle = color;
        context.fillRect(0, 0, 40, 40);
        const image = given === 'a URL' ? canvas.toDataURL() : await createImageBitmap(canvas);
        const processor = window.processors.backgroundImage({ assets, image });
        await window.mine.setProcessor('video', processor);
        // Starts it again, as a change of the camera does, for which the image must still be there.
        await window.mine.setProcessor('video', undefined);
        await window.mine.setProcessor('video', processor);
      },
      { assets, color: `rgb(${magenta.join(' ')})`, given, way },
    );
    await expect.poll(async () => distance((await see(bob)).background.color, magenta)).toBeLessThan(20);
    expect((await see(bob)).background.detail).toBeLessThan(before.background.detail / 20);
    await expectSharpPerson(bob, before);
    await ada.close();
    await bob.close();
  });
}

test('a muted camera is not segmented, and continues when it is unmuted', async ({ browser }) => {
  const { ada, bob } = await personInCall(browser);
  await blur(ada);
  const orders = () => ada.page.evaluate(() => window.workers.reduce((sum, one) => sum + one.ordersSent, 0));
  await expectToGrow(orders, 10);
  await ada.page.evaluate(() => window.mine.mute('video', { keepDevice: true }));
  const { frames } = await receivedVideo(bob);
  await expect.poll(async () => (await receivedVideo(bob)).brightness).toBeLessThan(10);
  const ordersOnceBlack = await orders();
  // The camera still delivers frames, which must not reach the worker.
  await expect.poll(async () => (await receivedVideo(bob)).frames).toBeGreaterThan(frames + 10);
  expect(await orders()).toBe(ordersOnceBlack);
  await ada.page.evaluate(() => window.mine.unmute('video'));
  await expectToGrow(orders, 10);
  await expect.poll(async () => (await receivedVideo(bob)).brightness).toBeGreaterThan(40);
  await ada.close();
  await bob.close();
});

test('a background that can no longer be blurred is not sent', async ({ browser }) => {
  const { ada, bob, before } = await personInCall(browser);
  await blur(ada);
  await expect
    .poll(async () => (await see(bob)).background.detail)
    .toBeLessThan(before.background.detail / 20);
  // As the browser does when a worker crashes.
  await ada.page.evaluate(() => {
    window.workers[0]?.worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
  });
  await expect.poll(() => ada.diary()).toContainEqual(expect.stringMatching(/^error ERR_TRACK_ENDED/));
  expect(await ada.page.evaluate(() => window.workers.map(({ isTerminated }) => isTerminated))).toEqual([
    true,
  ]);
  const { frames } = await receivedVideo(bob);
  await ada.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
  expect((await receivedVideo(bob)).frames - frames).toBeLessThan(5);
  expect((await see(bob)).background.detail).toBeLessThan(before.background.detail / 20);
  await ada.close();
  await bob.close();
});

test('a processor whose files are missing fails with the file and what to do, and changes nothing', async ({
  browser,
}) => {
  const { ada, bob, before } = await personInCall(browser);
  const failures = await ada.page.evaluate(async () => {
    const assets = '/nowhere';
    const { backgroundBlur, backgroundImage } = window.processors;
    const processors = [
      backgroundBlur({ assets }),
      backgroundImage({ assets: '/processors', image: '/nowhere/image.png' }),
    ];
    const failures: unknown[] = [];
    for (const processor of processors) {
      await window.mine.setProcessor('video', processor).catch(({ code, url, hint }) => {
        failures.push({ code, path: new URL(url).pathname, hint });
      });
    }
    return failures;
  });
  const code = 'ERR_PROCESSOR_ASSETS';
  const hint: unknown = expect.stringContaining('npx parley-processors copy-assets');
  expect(failures).toEqual([
    { code, hint, path: expect.stringMatching(/^\/nowhere\/[\w.]+$/) },
    { code, hint, path: '/nowhere/image.png' },
  ]);
  expect((await see(bob)).background.detail).toBeGreaterThan(before.background.detail / 2);
  expect(await ada.page.evaluate(() => window.workers.every(({ isTerminated }) => isTerminated))).toBe(true);
  await ada.close();
  await bob.close();
});

test('a browser without WebGL 2 is told apart from missing files', async ({ browser }) => {
  const { ada, bob } = await personInCall(browser);
  const failure = await ada.page.evaluate(async (assets) => {
    // As in a browser whose graphics acceleration is off.
    const Native = window.OffscreenCanvas;
    window.OffscreenCanvas = class extends Native {
      override getContext(type: OffscreenRenderingContextId, options?: unknown): never {
        return (type === 'webgl2' ? null : super.getContext(type, options)) as never;
      }
    };
    const processor = window.processors.backgroundBlur({ assets });
    return await window.mine
      .setProcessor('video', processor)
      .catch(({ code, missing }) => ({ code, missing }));
  }, assets);
  expect(failure).toEqual({ code: 'ERR_UNSUPPORTED_BROWSER', missing: 'WebGL 2' });
  await ada.close();
  await bob.close();
});

test('a viewer hears speech as loud as before, and the noise in its pauses at least 20 dB lower', async ({
  browser,
}) => {
  const { ada, bob } = await adaAndBob(browser);
  await ada.page.evaluate(watchAudioContexts);
  await loadProcessors(ada.page);
  // Another sample rate than the 48 kHz of RNNoise.
  const speech = { wav: spokenWav(), sampleRateHz: 44_100, pauseSeconds: 3, noiseDbfs: -45 };
  await ada.page.evaluate(publishNoisySpeech, speech);
  await expect.poll(async () => (await bob.received()).audioPacketBytes).toBeGreaterThan(0);
  // Longer than once through the speech and its pause.
  const seconds = 9;
  const noisy = pausesAndSpeech(await bob.page.evaluate(hearLevels, seconds));
  expect(noisy.pausesDbfs).toBeGreaterThan(-50);
  expect(noisy.speechDbfs).toBeGreaterThan(noisy.pausesDbfs + 15);

  await ada.page.evaluate(
    (assets) => window.mine.setProcessor('audio', window.processors.noiseSuppression({ assets })),
    assets,
  );
  const clean = pausesAndSpeech(await bob.page.evaluate(hearLevels, seconds));
  expect(clean.pausesDbfs).toBeLessThan(noisy.pausesDbfs - 20);
  expect(Math.abs(clean.speechDbfs - noisy.speechDbfs)).toBeLessThan(3);

  await ada.page.evaluate(() => window.mine.setProcessor('audio', undefined));
  await expect.poll(() => ada.page.evaluate(() => window.audioContexts.at(-1)?.state)).toBe('closed');
  await ada.close();
  await bob.close();
});
