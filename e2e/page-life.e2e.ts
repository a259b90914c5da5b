import { type Browser, test } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { Caller, newRoom } from './support/caller.ts';
import { EverydayCaller } from './support/everyday-caller.ts';
import { expect } from './support/expect.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { publishPicture, readTonesHz } from './support/page-scripts.ts';

/** Ada, who stays and publishes, and whom everything is compared with. */
async function enterAsAda(browser: Browser, room: string): Promise<Caller> {
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  await ada.publish(11, 440);
  return ada;
}

/** The names of all who are inside, as Ada knows them. */
async function namesInside(ada: Caller): Promise<unknown[]> {
  return await ada.page.evaluate(() =>
    window.conference.state.getSnapshot().conference.participants.map(({ metadata }) => metadata['name']),
  );
}

/** Waits until Ada decodes twenty more pictures. */
async function expectFilm(ada: Caller): Promise<void> {
  // Reading a view's picture keeps it flowing.
  await expect.poll(() => ada.page.evaluate(() => window.views.size)).toBe(1);
  await ada.pictures();
  await expectToGrow(async () => (await ada.received()).framesDecoded, 20);
}

interface Asleep {
  readonly ada: Caller;
  readonly laptop: EverydayCaller;
  readonly wake: () => void;
}

let asleep: Asleep | undefined;

/** The server takes its time to give silent media up, so Bob's computer sleeps in a room of its own meanwhile. */
test.beforeAll(async ({ browser }) => {
  const room = newRoom();
  const ada = await enterAsAda(browser, room);
  const laptop = await EverydayCaller.open();
  await laptop.join(room, 'Bob');
  await laptop.page.evaluate(publishPicture, { id: 22, toneHz: 880 });
  await expect.poll(() => laptop.pictureIds()).toEqual([11]);
  await ada.expectPicturesOf(22);
  asleep = { ada, laptop, wake: await laptop.sleep() };
});

test.afterAll(async () => {
  const { ada, laptop, wake } = present(asleep);
  wake();
  await laptop.close();
  await ada.close();
});

function present(sleeping: Asleep | undefined): Asleep {
  if (!sleeping) throw new Error('Nobody fell asleep.');
  return sleeping;
}

test('going to another page in mid-call is leaving, though the browser says that the page may come back', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await enterAsAda(browser, room);
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
  // Chromium keeps no page with media after all, so going back loads it anew.
  await bob.page.goBack();
  expect(await bob.page.evaluate(() => 'conference' in window)).toBe(false);
  expect(await namesInside(ada)).toEqual(['Ada']);
  await bob.close();
  await ada.close();
});

test('a page that comes back from the back/forward cache is inside again, without a click', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await enterAsAda(browser, room);
  const bob = await EverydayCaller.open();
  await bob.join(room, 'Bob');
  // With a connection open the browser would not keep the page.
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
  await expect.poll(() => namesInside(ada)).toEqual(['Ada', 'Bob']);
  expect(
    await bob.page.evaluate(() => ({
      endpointId: window.conference.endpointId,
      said: window.conference.state.getSnapshot().conference.metadata['said']?.value,
    })),
  ).toEqual({ endpointId, said: 'while Bob was away' });
  await bob.page.evaluate(async () => {
    for (const id of window.views.keys()) window.views.set(id, await window.conference.viewStream(id));
  });
  await expect.poll(() => bob.pictureIds()).toEqual([11]);
  await bob.publish();
  await expectFilm(ada);
  await bob.close();
  await ada.close();
});

test('a page that the browser froze in the background is up to date when it thaws, and never left', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await enterAsAda(browser, room);
  const bob = await EverydayCaller.open();
  await bob.join(room, 'Bob');
  await bob.publish();
  await expect.poll(() => bob.pictureIds()).toEqual([11]);
  await bob.page.evaluate(() => {
    for (const name of ['freeze', 'resume']) document.addEventListener(name, () => window.heard.push(name));
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
  // Two of Bob's keep-alives are due in this time.
  await ada.page.waitForTimeout(4_000);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await bob.page.bringToFront();
  await expect.poll(() => bob.diary()).toContain('resume');
  await expect.poll(() => bob.pictureIds()).toEqual([33]);
  expect((await bob.diary()).filter((line) => !line.startsWith('joined'))).toEqual([
    'published Ada MIC_AND_CAM',
    'freeze',
    'resume',
    'unpublished Ada MIC_AND_CAM',
    'published Ada MIC_AND_CAM',
  ]);
  await expectFilm(ada);
  expect(await ada.diary()).not.toContain('left Bob');
  expect(await namesInside(ada)).toEqual(['Ada', 'Bob']);
  await bob.close();
  await ada.close();
});

test('a reload leaves and comes in again, and the others see one person', async ({ browser }) => {
  const room = newRoom();
  const ada = await enterAsAda(browser, room);
  const bob = await Caller.open(browser);
  await bob.join(room, 'Bob');
  await bob.publish(22);
  await ada.expectPicturesOf(22);
  await bob.reload();
  await bob.join(room, 'Bob');
  await bob.publish(22);
  await ada.expectPicturesOf(22);
  await bob.expectPicturesOf(11);
  expect((await ada.diary()).filter((line) => !line.includes('published'))).toEqual([
    'joined Bob',
    'left Bob',
    'joined Bob',
  ]);
  expect(await namesInside(ada)).toEqual(['Ada', 'Bob']);
  for (const caller of [ada, bob]) await caller.close();
});

test('a computer that slept until the server gave its media up is back with it, without a click', async () => {
  const { ada, laptop, wake } = present(asleep);
  await expect.poll(() => ada.diary(), { timeout: 30_000 }).toContain('unpublished Bob MIC_AND_CAM');
  wake();
  await ada.expectPicturesOf(22);
  await expect.poll(() => laptop.pictureIds()).toEqual([11]);
  await expect.poll(() => ada.tonesHz()).toEqual([880]);
  await expect.poll(() => laptop.page.evaluate(readTonesHz)).toEqual([440]);
  expect(await laptop.diary()).toContain('restored MIC_AND_CAM');
  expect(await namesInside(ada)).toEqual(['Ada', 'Bob']);
  expect(await laptop.page.evaluate(() => window.probe.openPeerConnections())).toBe(2);
});
