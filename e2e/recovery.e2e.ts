import type { PublishedStream, ViewedStream } from '@parley-rtc/sdk';
import { test, type Browser } from '@playwright/test';
import { Caller } from './support/caller.ts';
import { changeCommands } from './support/change-commands.ts';
import { expect } from './support/expect.ts';
import { MediaCut } from './support/media-cut.ts';
import { OwnServer } from './support/own-server.ts';
import { watchTile } from './support/watched-tile.ts';

declare global {
  interface Window {
    /** The page's objects before the failure, to compare them with those after it. */
    before: {
      readonly mine: PublishedStream;
      readonly mineId: string;
      readonly view: ViewedStream;
      readonly mediaStream: MediaStream;
      readonly tracks: string;
      readonly element: HTMLVideoElement;
    };
  }
}

const unavailableReason = MediaCut.unavailableReason();

let server: OwnServer;
let path: MediaCut;
let ada: Caller;
let bob: Caller;

/** Ada and Bob in a call that all tests share, who see and hear each other. */
test.beforeAll(async ({ browser }) => {
  server = await OwnServer.start();
  path = new MediaCut(server.udpPort);
  path.restore();
  [ada, bob] = await call(browser);
});

test.beforeEach(async () => {
  for (const { page } of [ada, bob]) await page.evaluate(rememberBefore);
});

test.afterEach(() => path.restore());

test.afterAll(async () => {
  await ada.close();
  await bob.close();
  await server.close();
});

async function call(browser: Browser): Promise<[Caller, Caller]> {
  const invitation = await server.openConference();
  const callers: [Caller, Caller] = [await Caller.open(browser), await Caller.open(browser)];
  const [first, second] = callers;
  // A shorter keep-alive than the SDK's 15 seconds. The server drops the endpoint after three times this.
  await changeCommands(first.page, '/users/endpoints', { keepAliveSeconds: 4 });
  await Promise.all([first.joinAt(invitation, 'Ada'), second.joinAt(invitation, 'Bob')]);
  await Promise.all([first.publish(11, 440), second.publish(22, 880)]);
  for (const caller of callers) {
    await expect.poll(() => caller.page.evaluate(() => window.views.size)).toBe(1);
    await caller.page.evaluate(watchTile);
    await expect.poll(() => caller.page.evaluate(() => window.frameTimesMs.length)).toBeGreaterThan(30);
  }
  await first.expectVideoOf(22);
  await second.expectVideoOf(11);
  return callers;
}

/** Also clears the diary. Runs in the page. */
function rememberBefore(): void {
  const [view] = window.views.values();
  if (!view) throw new Error('Nothing is viewed.');
  const { mediaStream } = view;
  const { mine } = window;
  const tracks = mediaStream
    .getTracks()
    .map(({ id }) => id)
    .join();
  window.before = { mine, mineId: mine.id, view, mediaStream, tracks, element: window.tile };
  window.diary.length = 0;
  window.connections.length = 0;
}

/** Time from `sinceMs` until the caller's tile has shown ten frames, in milliseconds. */
async function tenFramesAfterMs(caller: Caller, sinceMs: number): Promise<number> {
  const tenth = () =>
    caller.page.evaluate(
      (sinceMs) => window.frameTimesMs.filter((timeMs) => timeMs > sinceMs)[9] ?? Infinity,
      sinceMs,
    );
  await expect.poll(tenth, { timeout: 25_000 }).toBeLessThan(Infinity);
  return (await tenth()) - sinceMs;
}

async function isTheSame(caller: Caller): Promise<Record<string, boolean>> {
  return await caller.page.evaluate(() => {
    const { mine, mineId, view, mediaStream, tracks, element } = window.before;
    const [viewNow] = window.views.values();
    return {
      publishedStream: window.mine === mine,
      streamId: mine.id === mineId,
      view: viewNow === view,
      mediaStream: view.mediaStream === mediaStream && element.srcObject === mediaStream,
      tracks:
        mediaStream
          .getTracks()
          .map(({ id }) => id)
          .join() === tracks,
    };
  });
}

async function fingerprintsOf(...callers: readonly Caller[]): Promise<string[]> {
  const each = await Promise.all(
    callers.map((caller) => caller.page.evaluate(() => window.serverFingerprints())),
  );
  return each.flat();
}

function report(what: string, timesMs: readonly number[]): void {
  const description = timesMs.map((timeMs) => `${Math.round(timeMs)} ms`).join(', ');
  test.info().annotations.push({ type: what, description });
  console.log(`${what}: ${description}`);
}

test('media recovers over a new path after the old one fails, without the app noticing', async ({
  browserName,
}) => {
  test.skip(unavailableReason !== undefined, unavailableReason);
  const diaries = [await ada.diary(), await bob.diary()];
  const fingerprints = await fingerprintsOf(ada, bob);
  // Each connection gets a new server certificate, which proves that it was negotiated again.
  const cutAtMs = Date.now();
  path.cut();
  await expect
    .poll(
      async () => {
        const now = await fingerprintsOf(ada, bob);
        return now.filter((fingerprint) => !fingerprints.includes(fingerprint)).length;
      },
      { timeout: 20_000, intervals: [50] },
    )
    .toBe(4);
  report('new path requested after', [Date.now() - cutAtMs]);
  path.restore();
  const restoredAtMs = Date.now();
  const backMs = await Promise.all([ada, bob].map((caller) => tenFramesAfterMs(caller, restoredAtMs)));
  report('ten frames after the path is restored', backMs);
  for (const ms of backMs) expect(ms).toBeLessThan(5_000);

  await ada.expectVideoOf(22);
  await bob.expectVideoOf(11);
  await expect.poll(() => ada.tonesHz()).toEqual([880]);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  // Firefox cannot give a connection a new certificate, so it may publish and view streams again, which apps do notice.
  if (browserName === 'firefox') return;
  for (const caller of [ada, bob]) {
    expect(await isTheSame(caller)).toEqual({
      publishedStream: true,
      streamId: true,
      view: true,
      mediaStream: true,
      tracks: true,
    });
    expect(await caller.page.evaluate(() => window.connections)).toEqual([]);
  }
  expect([await ada.diary(), await bob.diary()]).toEqual(diaries);
});

test('publishes and views a stream again after the server dropped it', async () => {
  test.skip(unavailableReason !== undefined, unavailableReason);
  path.cut();
  await ada.page.context().setOffline(true);
  // Bob stays connected to the server, which drops Ada's silent media.
  await expect.poll(() => bob.diary(), { timeout: 30_000 }).toContain('unpublished Ada MIC_AND_CAM');
  path.restore();
  await ada.page.context().setOffline(false);
  const restoredAtMs = Date.now();
  const backMs = await Promise.all([ada, bob].map((caller) => tenFramesAfterMs(caller, restoredAtMs)));
  report('ten frames after the path is restored, once dropped', backMs);
  for (const ms of backMs) expect(ms).toBeLessThan(10_000);
  await bob.expectVideoOf(11);
  await ada.expectVideoOf(22);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  expect(await ada.diary()).toContain('restored MIC_AND_CAM');
  expect(await isTheSame(ada)).toMatchObject({ publishedStream: true, streamId: false });
  expect(await ada.page.evaluate(() => window.mine.mediaStream.getTracks().map((t) => t.readyState))).toEqual(
    ['live', 'live'],
  );
});

test('all participants recover with media after the server was killed and restarted, without a click', async () => {
  await ada.page.evaluate(() => window.conference.setParticipantMetadata({ name: 'Ada L.' }));
  await server.kill();
  await expect.poll(() => ada.page.evaluate(() => window.connections)).toEqual(['reconnecting']);
  await server.startAgain();
  const startedAtMs = Date.now();
  const backMs = await Promise.all([ada, bob].map((caller) => tenFramesAfterMs(caller, startedAtMs)));
  report('ten frames after the server restarted', backMs);
  for (const ms of backMs) expect(ms).toBeLessThan(10_000);
  await ada.expectVideoOf(22);
  await bob.expectVideoOf(11);
  await expect.poll(() => ada.tonesHz()).toEqual([880]);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  for (const caller of [ada, bob]) {
    expect(await caller.page.evaluate(() => window.connections)).toEqual(['reconnecting', 'connected']);
    expect(await caller.diary()).toContain('restored MIC_AND_CAM');
    expect(await caller.page.evaluate(() => window.probe.openPeerConnections())).toBe(2);
  }
  expect(
    await bob.page.evaluate(() =>
      window.conference.state
        .getSnapshot()
        .conference.participants.map(({ metadata }) => metadata['name'])
        .toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    ),
  ).toEqual(['Ada L.', 'Bob']);
});
