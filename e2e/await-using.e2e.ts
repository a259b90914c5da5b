import { test, type Page } from '@playwright/test';
import { adaAndBob } from './support/ada-and-bob.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';

/**
 * Runs the statements of a function in the page until `window.resume()` is called there, and then leaves it. They are text,
 * because Playwright compiles functions to JavaScript without `using`.
 */
async function enter(page: Page, statements: string): Promise<() => Promise<void>> {
  await page.evaluate(`new Promise((resolve, reject) => {
    window.left = (async () => {
      ${statements}
      resolve();
      await new Promise((resume) => { window.resume = resume; });
    })();
    window.left.catch(reject);
  })`);
  return () => page.evaluate('window.resume(); window.left');
}

test('a stream is unpublished when the block of its `await using` ends', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  const leave = await enter(
    ada.page,
    `await using mine = await conference.publishStream({ mediaStream: probe.source({ id: 11 }), type: 'CAM' });`,
  );
  await bob.expectVideoOf(11);
  await leave();
  await bob.expectVideoOf();
  expect(await bob.diary()).toContain('unpublished Ada CAM');
  expect(await ada.page.evaluate(() => window.probe.openPeerConnections())).toBe(0);
  await ada.close();
  await bob.close();
});

test('a view stops receiving when the block of its `await using` ends', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  await ada.publish(11);
  await bob.expectVideoOf(11);
  await bob.page.evaluate(() => Promise.all([...window.views.values()].map((view) => view.stop())));
  expect(await bob.page.evaluate(() => window.probe.openPeerConnections())).toBe(0);

  const leave = await enter(
    bob.page,
    `const [streamId] = views.keys();
     await using view = await conference.viewStream(streamId);
     views.set(streamId, view);`,
  );
  await bob.expectVideoOf(11);
  await expectToGrow(async () => (await bob.received()).framesDecoded, 10);
  await leave();
  expect(await bob.page.evaluate(() => window.probe.openPeerConnections())).toBe(0);
  // Only the view has ended.
  expect(await bob.page.evaluate(() => window.conference.state.getSnapshot().connection)).toBe('connected');
  expect(await ada.page.evaluate(() => window.mine.connectionState)).toBe('connected');
  await ada.close();
  await bob.close();
});

test('a preview releases its devices when the block of its `using` ends', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  const leave = await enter(
    ada.page,
    `using preview = await Parley.createPreview({ camera: true, microphone: true });
     window.tracks = preview.mediaStream.getTracks();`,
  );
  const states = () => ada.page.evaluate('window.tracks.map(({ readyState }) => readyState)');
  expect(await states()).toEqual(['live', 'live']);
  await leave();
  expect(await states()).toEqual(['ended', 'ended']);
  await ada.close();
  await bob.close();
});

test('a participant leaves when the block of the `await using` of a conference ends', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  const leave = await enter(ada.page, `await using joined = conference;`);
  expect(await bob.diary()).not.toContain('left Ada');
  await leave();
  await expect.poll(() => bob.diary()).toContain('left Ada');
  await ada.close();
  await bob.close();
});
