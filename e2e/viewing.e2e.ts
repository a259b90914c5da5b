import type { ViewedStream } from '@parley-rtc/sdk';
import { test, type Browser } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';

declare global {
  interface Window {
    view: ViewedStream;
    tile: HTMLVideoElement;
  }
}

/** Shows the only view of `caller` in a tile at the top of a long page. */
async function showTile(caller: Caller): Promise<void> {
  await expect.poll(() => caller.page.evaluate(() => window.views.size)).toBe(1);
  await caller.page.evaluate(() => {
    const tile = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
    Object.assign(tile.style, { display: 'block', width: '320px', height: '180px' });
    document.body.replaceChildren(tile);
    document.body.style.height = '5000px';
    const [view] = window.views.values();
    Object.assign(window, { tile, view });
    view?.attach(tile);
  });
  await caller.page.evaluate(() => window.view.firstFrame);
}

/** Ada, who publishes a bar code and a tone, if any, and Bob, who shows it in a tile. */
async function showAdaToBob(browser: Browser, toneHz?: number): Promise<{ ada: Caller; bob: Caller }> {
  const room = newRoom();
  const ada = await Caller.open(browser);
  const bob = await Caller.open(browser);
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  await ada.publish(11, toneHz);
  await showTile(bob);
  return { ada, bob };
}

/** Bytes received per second. */
async function bytesPerSecond(caller: Caller, kind: 'audio' | 'video'): Promise<number> {
  return await caller.page.evaluate(async (kind) => {
    const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const before = await window.probe.bytesReceived(kind);
    await pass(1_000);
    return (await window.probe.bytesReceived(kind)) - before;
  }, kind);
}

/** Runs `act` in the page and returns the time until the tile shows its next frame, in milliseconds. */
async function untilNextFrame(caller: Caller, act: () => void): Promise<number> {
  return await caller.page.evaluate(`(async () => {
    const startMs = performance.now();
    const next = new Promise((resolve) => window.tile.requestVideoFrameCallback(resolve));
    (${act.toString()})();
    await next;
    return performance.now() - startMs;
  })()`);
}

test('a hidden tile receives only audio, and its video is back within a second', async ({
  browser,
}, testInfo) => {
  const { ada, bob } = await showAdaToBob(browser, 440);
  await expect.poll(() => bob.page.evaluate(() => window.view.video)).toEqual({ maxHeightPx: 180 });
  await expect.poll(() => bytesPerSecond(bob, 'video')).toBeGreaterThan(1_000);

  await bob.page.evaluate(() => window.scrollTo(0, 3000));
  await expect.poll(() => bytesPerSecond(bob, 'video')).toBe(0);
  expect(await bytesPerSecond(bob, 'audio')).toBeGreaterThan(500);

  const backMs = await untilNextFrame(bob, () => window.scrollTo(0, 0));
  testInfo.annotations.push({
    type: 'video back after scrolling',
    description: `${Math.round(backMs)} ms`,
  });
  console.log(`video back after scrolling: ${Math.round(backMs)} ms`);
  expect(backMs).toBeLessThan(3_000);

  await bob.page.evaluate(() => window.tile.remove());
  await expect.poll(() => bytesPerSecond(bob, 'video')).toBe(0);
  expect(await bytesPerSecond(bob, 'audio')).toBeGreaterThan(500);
  await untilNextFrame(bob, () => {
    document.body.append(window.tile);
    void window.tile.play();
  });

  for (const caller of [ada, bob]) await caller.close();
});

test('pauses a view that is not shown, unless the app uses its stream', async ({ browser }) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  const bob = await Caller.open(browser);
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  await ada.publish(11, 440);
  await expect.poll(() => bob.page.evaluate(() => window.views.size)).toBe(1);
  await expect.poll(() => bytesPerSecond(bob, 'video')).toBe(0);
  await bob.expectVideoOf(11);
  await expect.poll(() => bytesPerSecond(bob, 'video')).toBeGreaterThan(1_000);
  for (const caller of [ada, bob]) await caller.close();
});

// Only Chromium's developer tools collect garbage.
test(
  'an element without references is garbage-collected once its view stops',
  { tag: '@chromium' },
  async ({ browser }) => {
    const { ada, bob } = await showAdaToBob(browser);
    await bob.page.evaluate(() => {
      Object.assign(window, { forgotten: new WeakRef(window.tile), tile: undefined });
      document.body.replaceChildren();
    });
    // Until then, the browser itself keeps an element that plays a live stream.
    await bob.page.evaluate(() => window.view.stop());
    const devtools = await bob.page.context().newCDPSession(bob.page);
    await expect
      .poll(async () => {
        await devtools.send('HeapProfiler.collectGarbage');
        return await bob.page.evaluate('window.forgotten.deref() === undefined');
      })
      .toBe(true);
    for (const caller of [ada, bob]) await caller.close();
  },
);

test('a video in picture-in-picture is received in the size of its window while its tile is hidden', async ({
  browser,
}, testInfo) => {
  const { ada, bob } = await showAdaToBob(browser);
  await bob.page.evaluate(() => {
    window.tile.addEventListener('click', () => {
      window.tile.requestPictureInPicture().then(
        ({ width, height }) => (document.title = `in ${width}x${height}`),
        (error: unknown) => (document.title = String(error)),
      );
    });
  });
  await bob.page.locator('video').click();
  await expect.poll(() => bob.page.title()).toMatch(/^in|Error/);
  const outcome = await bob.page.title();
  test.skip(!outcome.startsWith('in'), `This browser opens no picture-in-picture window: ${outcome}`);
  testInfo.annotations.push({ type: 'picture-in-picture', description: outcome });
  const heightPx = Number(outcome.split('x')[1]);
  await expect
    .poll(() => bob.page.evaluate(() => window.view.video))
    .toEqual({ maxHeightPx: Math.ceil(heightPx / 30) * 30 });
  await bob.page.evaluate(() => window.scrollTo(0, 3000));
  await bytesPerSecond(bob, 'video');
  expect(await bytesPerSecond(bob, 'video')).toBeGreaterThan(1_000);
  await bob.page.evaluate(() => document.exitPictureInPicture());
  await expect.poll(() => bytesPerSecond(bob, 'video')).toBe(0);
  for (const caller of [ada, bob]) await caller.close();
});

test('negotiates ten streams in parallel when joining', async ({ browser }, testInfo) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  const timeToSeeMs = async (): Promise<number> => {
    const bob = await Caller.open(browser);
    const startMs = performance.now();
    await bob.join(room, 'Bob');
    const count = await ada.page.evaluate(
      () => window.conference.state.getSnapshot().conference.participants[0]?.streams.length ?? 0,
    );
    await expect.poll(() => bob.page.evaluate(() => window.views.size), { intervals: [20] }).toBe(count);
    await bob.page.evaluate(async () => {
      await Promise.all(
        [...window.views.values()].map((view) => {
          const tile = Object.assign(document.createElement('video'), {
            muted: true,
            width: 100,
            height: 60,
          });
          document.body.append(tile);
          view.attach(tile);
          return view.firstFrame;
        }),
      );
    });
    const tookMs = performance.now() - startMs;
    await bob.close();
    return tookMs;
  };
  const publish = async (id: number): Promise<void> => {
    await ada.page.evaluate(async (id) => {
      const mediaStream = window.probe.source({ id, width: 160, height: 90 });
      await window.conference.publishStream({ mediaStream, type: 'CAM' });
    }, id);
  };
  await publish(1);
  const oneMs = await timeToSeeMs();
  for (let id = 2; id <= 10; id += 1) await publish(id);
  const tenMs = await timeToSeeMs();
  const description = `one: ${Math.round(oneMs)} ms, ten: ${Math.round(tenMs)} ms`;
  testInfo.annotations.push({ type: 'join to first frames', description });
  console.log(`join to first frames: ${description}`);
  expect(tenMs).toBeLessThan(10 * oneMs);
  await ada.close();
});
