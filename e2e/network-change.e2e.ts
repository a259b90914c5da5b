import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { changeCommands } from './support/change-commands.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';

/** Ada and Bob in a call. The server drops Bob after three times `keepAliveSeconds` without a keep-alive. */
async function call(ada: Caller, bob: Caller, keepAliveSeconds: number): Promise<void> {
  const room = newRoom();
  await changeCommands(bob.page, '/users/endpoints', { keepAliveSeconds });
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  await Promise.all([ada.publish(11, 440), bob.publish(22, 880)]);
  await ada.expectVideoOf(22);
  await bob.expectVideoOf(11);
}

const restored = ['reconnecting', 'connected'];

test('a short loss of signalling does not interrupt media, and missed events arrive', async ({ browser }) => {
  const [ada, bob] = [await Caller.open(browser), await Caller.open(browser)];
  await call(ada, bob, 15);
  await bob.page.context().setOffline(true);
  await expect.poll(() => bob.page.evaluate(() => window.connections)).toEqual(['reconnecting']);
  await ada.page.evaluate(() => window.conference.setMetadata('said', 'while Bob was offline'));
  await expectToGrow(async () => (await bob.received()).framesDecoded, 30);
  await bob.page.context().setOffline(false);
  await expect.poll(() => bob.page.evaluate(() => window.connections)).toEqual(restored);
  const said = () =>
    bob.page.evaluate(() => window.conference.state.getSnapshot().conference.metadata['said']?.value);
  await expect.poll(said).toBe('while Bob was offline');
  expect(await ada.diary()).toEqual(['joined Bob', 'published Bob MIC_AND_CAM']);
  expect(await bob.diary()).not.toContainEqual(expect.stringMatching(/^(unpublished|restored|error)/));
  await bob.expectVideoOf(11);
  await ada.expectVideoOf(22);
  for (const caller of [ada, bob]) await caller.close();
});

test('a participant dropped while offline rejoins once, with media', async ({ browser }) => {
  test.setTimeout(120_000);
  const [ada, bob] = [await Caller.open(browser), await Caller.open(browser)];
  await call(ada, bob, 2);
  await bob.page.context().setOffline(true);
  // Six seconds after Bob's last request has ended, which Firefox may keep open for a while.
  await expect.poll(() => ada.diary(), { timeout: 40_000 }).toContain('left Bob');
  await bob.page.context().setOffline(false);
  await ada.expectVideoOf(22);
  await bob.expectVideoOf(11);
  await expect.poll(() => ada.tonesHz()).toEqual([880]);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  expect((await ada.diary()).filter((line) => !line.includes('published'))).toEqual([
    'joined Bob',
    'left Bob',
    'joined Bob',
  ]);
  expect(await bob.diary()).toContain('restored MIC_AND_CAM');
  expect((await bob.page.evaluate(() => window.connections)).at(-1)).toBe('connected');
  expect(await bob.page.evaluate(() => window.probe.openPeerConnections())).toBe(2);
  for (const caller of [ada, bob]) await caller.close();
});
