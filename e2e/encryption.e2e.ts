import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { encryptWith } from './support/encrypt-with.ts';
import { expect } from './support/expect.ts';

async function openWith(caller: Caller, room: string, name: string, key?: string): Promise<Caller> {
  await encryptWith(caller.page, key);
  await caller.join(room, name);
  return caller;
}

test('explore', async ({ browser }) => {
  const room = newRoom();
  const ada = await openWith(await Caller.open(browser), room, 'Ada', 'one');
  const bob = await openWith(await ada.openAnother(), room, 'Bob', 'one');
  const cyd = await openWith(await ada.openAnother(), room, 'Cyd', 'other');
  const dan = await ada.openAnother();
  await dan.join(room, 'Dan');
  await Promise.all([ada.publish(11, 440), bob.publish(22, 880)]);
  await ada.expectPicturesOf(22);
  await bob.expectPicturesOf(11);
  await expect.poll(() => ada.tonesHz()).toEqual([880]);
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  await new Promise((r) => setTimeout(r, 3000));
  for (const c of [cyd, dan]) {
    console.log(await c.diary(), await c.received(), await c.pictures(), await c.tonesHz());
  }
  console.log(await cyd.page.evaluate(() => window.encryption?.undecryptedStreamIds));
  const t = Date.now();
  await cyd.page.evaluate(() => window.encryption?.setKey('one'));
  console.log('set', Date.now() - t);
  await cyd.expectPicturesOf(11, 22);
  console.log('seen', Date.now() - t);
  await expect.poll(() => cyd.tonesHz()).toEqual([440, 880]);
  console.log(await cyd.diary(), await cyd.received(), await cyd.pictures(), await cyd.tonesHz());
  console.log(await ada.diary(), await ada.received());
  await ada.page.evaluate(() => window.encryption?.close());
  const before = await Promise.all([bob.received(), dan.received()]);
  await new Promise((r) => setTimeout(r, 3000));
  console.log('after close', before, await bob.received(), await dan.received(), await bob.diary());
});
