import { test, type Browser } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { Caller, newRoom } from './support/caller.ts';
import { EverydayCaller } from './support/everyday-caller.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';
import { publishBarCode, readTonesHz } from './support/page-scripts.ts';

/** Joins as Ada, who publishes and stays in the conference for comparison. */
async function joinAsAda(browser: Browser, room: string): Promise<Caller> {
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  await ada.publish(11, 440);
  return ada;
}

/** The names of all participants in Ada's state. */
async function participantNames(ada: Caller): Promise<unknown[]> {
  return await ada.page.evaluate(() =>
    window.conference.state.getSnapshot().conference.participants.map(({ metadata }) => metadata['name']),
  );
}

/** Waits until Ada has decoded twenty more frames. */
async function expectMovingVideo(ada: Caller): Promise<void> {
  // Reading a view's video keeps it from being paused.
  await expect.poll(() => ada.page.evaluate(() => window.views.size)).toBe(1);
  await ada.videos();
  await expectToGrow(async () => (await ada.received()).framesDecoded, 20);
}

interface Asleep {
  readonly ada: Caller;
  readonly laptop: EverydayCaller;
  readonly wake: () => void;
}

let asleep: Asleep | undefined;

/** The server drops silent media only after a while, so Bob's computer sleeps in a separate room during other tests. */
test.beforeAll(async ({ browser }) => {
  const room = newRoom();
  const ada = await joinAsAda(browser, room);
  const laptop = await EverydayCaller.open();
  await laptop.join(room, 'Bob');
  await laptop.page.evaluate(publishBarCode, { id: 22, toneHz: 880 });
  await expect.poll(() => laptop.videoIds()).toEqual([11]);
  await ada.expectVideoOf(22);
  asleep = { ada, laptop, wake: await laptop.sleep() };
});

test.afterAll(async () => {
  const { ada, laptop, wake } = present(asleep);
  wake();
  await laptop.close();
  await ada.close();
});

function present(sleeping: Asleep | undefined): Asleep {
  if (!sleeping) throw new Error('No computer is asleep.');
  return sleeping;
}

test('leaves when the page navigates away, even if the browser may restore it', async ({ browser }) => {
  const room = newRoom();
  const ada = await joinAsAda(browser, room);
  const bob = await EverydayCaller.open();
  await bob.join(room, 'Bob');
  await bob.publish();
  await expect.poll(() => ada.diary()).toContain('published Bob MIC_AND_CAM');
  await bob.page.evaluate(() => {
    addEventListener('pagehide', ({ persisted }) => sessionStorage.setItem('persisted', String(persisted)));
  });
  await bob.page.goto(`${demoUrl}/react/`);
  expect(await bob.page.evaluate(() => sessionStorage.getItem('persisted'))).toBe('true');
  await expect.poll(() => ada.diary(), { timeout: 5_000 }).toContain('left Bob');
  // Chromium does not keep pages with media, so going back loads the page again.
  await bob.page.goBack();
  expect(await bob.page.evaluate(() => 'conference' in window)).toBe(false);
  expect(await participantNames(ada)).toEqual(['Ada']);
  await bob.close();
  await ada.close();
});

test('rejoins without a click when the page is restored from the back/forward cache', async ({ browser }) => {
  const room = newRoom();
  const ada = await joinAsAda(browser, room);
  const bob = await EverydayCaller.open();
  await bob.join(room, 'Bob');
  // The browser does not keep pages with open connections.
  await expect.poll(() => bob.page.evaluate(() => window.views.size)).toBe(1);
  await bob.page.evaluate(async () => {
    for (const view of window.views.values()) await view.stop();
  });
  const endpointId = await bob.page.evaluate(() => window.conference.endpointId);
  await bob.page.goto(`${demoUrl}/react/`);
  await expect.poll(() => ada.diary(), { timeout: 5_000 }).toContain('left Bob');
  await ada.page.evaluate(() => window.conference.setMetadata('said', 'while Bob was away'));

  await bob.page.goBack();
  await expect.poll(() => bob.page.evaluate(() => window.connections)).toEqual(['reconnecting', 'connected']);
  await expect.poll(() => participantNames(ada)).toEqual(['Ada', 'Bob']);
  expect(
    await bob.page.evaluate(() => ({
      endpointId: window.conference.endpointId,
      said: window.conference.state.getSnapshot().conference.metadata['said']?.value,
    })),
  ).toEqual({ endpointId, said: 'while Bob was away' });
  await bob.page.evaluate(async () => {
    for (const id of window.views.keys()) window.views.set(id, await window.conference.viewStream(id));
  });
  await expect.poll(() => bob.videoIds()).toEqual([11]);
  await bob.publish();
  await expectMovingVideo(ada);
  await bob.close();
  await ada.close();
});

test('a page frozen in the background stays joined and is up to date after resuming', async ({ browser }) => {
  const room = newRoom();
  const ada = await joinAsAda(browser, room);
  const bob = await EverydayCaller.open();
  await bob.join(room, 'Bob');
  await bob.publish();
  await expect.poll(() => bob.videoIds()).toEqual([11]);
  await bob.page.evaluate(() => {
    for (const name of ['freeze', 'resume']) document.addEventListener(name, () => window.diary.push(name));
  });
  const inFront = await bob.page.browser().newPage();
  await inFront.bringToFront();
  const devtools = await bob.page.createCDPSession();
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await ada.page.evaluate(async () => {
    await window.mine.unpublish();
    await window.conference.setMetadata('said', 'while Bob was frozen');
  });
  await ada.publish(33, 880);
  // Two of Bob's keep-alives fall into this time.
  await ada.page.waitForTimeout(4_000);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await bob.page.bringToFront();
  await expect.poll(() => bob.diary()).toContain('resume');
  await expect.poll(() => bob.videoIds()).toEqual([33]);
  expect((await bob.diary()).filter((line) => !line.startsWith('joined'))).toEqual([
    'published Ada MIC_AND_CAM',
    'freeze',
    'resume',
    'unpublished Ada MIC_AND_CAM',
    'published Ada MIC_AND_CAM',
  ]);
  await expectMovingVideo(ada);
  expect(await ada.diary()).not.toContain('left Bob');
  expect(await participantNames(ada)).toEqual(['Ada', 'Bob']);
  await bob.close();
  await ada.close();
});

test('a reload leaves and rejoins, and other participants see one participant', async ({ browser }) => {
  const room = newRoom();
  const ada = await joinAsAda(browser, room);
  const bob = await Caller.open(browser);
  await bob.join(room, 'Bob');
  await bob.publish(22);
  await ada.expectVideoOf(22);
  await bob.reload();
  await bob.join(room, 'Bob');
  await bob.publish(22);
  await ada.expectVideoOf(22);
  await bob.expectVideoOf(11);
  expect((await ada.diary()).filter((line) => !line.includes('published'))).toEqual([
    'joined Bob',
    'left Bob',
    'joined Bob',
  ]);
  expect(await participantNames(ada)).toEqual(['Ada', 'Bob']);
  for (const caller of [ada, bob]) await caller.close();
});

test('a computer that slept until the server dropped its media restores it without a click', async () => {
  const { ada, laptop, wake } = present(asleep);
  await expect.poll(() => ada.diary(), { timeout: 30_000 }).toContain('unpublished Bob MIC_AND_CAM');
  wake();
  await ada.expectVideoOf(22);
  await expect.poll(() => laptop.videoIds()).toEqual([11]);
  await expect.poll(() => ada.tonesHz()).toEqual([880]);
  await expect.poll(() => laptop.page.evaluate(readTonesHz)).toEqual([440]);
  expect(await laptop.diary()).toContain('restored MIC_AND_CAM');
  expect(await participantNames(ada)).toEqual(['Ada', 'Bob']);
  expect(await laptop.page.evaluate(() => window.probe.openPeerConnections())).toBe(2);
});
