import { test } from '@playwright/test';
import { AppPage } from './support/app-page.ts';
import { newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { PackedApp } from './support/packed-app.ts';

let app: PackedApp;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  app = await PackedApp.start();
});

test.afterAll(async () => {
  await app.close();
});

test('an app on the packed packages makes a call, and fetches each part of the SDK when it needs it', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await AppPage.open(browser, app.url, room);
  const bob = await AppPage.open(browser, app.url, room);
  expect(ada.takeScripts()).toEqual(bob.takeScripts());

  await Promise.all([ada.join(), bob.join()]);
  const forJoining = ada.takeScripts();
  expect(forJoining).not.toEqual([]);
  expect(bob.takeScripts()).toEqual(forJoining);

  await ada.publish();
  const forPublishing = ada.takeScripts();
  expect(forPublishing).not.toEqual([]);

  // Bob only views, so nothing that publishing needs may reach him.
  await bob.expectVideo();
  const forViewing = bob.takeScripts();
  expect(forViewing).not.toEqual([]);
  expect(forViewing.filter((script) => forPublishing.includes(script))).toEqual([]);

  await bob.publish();
  expect(bob.takeScripts()).toEqual(forPublishing);
  await ada.expectVideo();
  expect(ada.takeScripts()).toEqual(forViewing);

  expect([...ada.errors, ...bob.errors]).toEqual([]);
  await ada.close();
  await bob.close();
});

// Firefox has WebGL only with a graphics card.
test(
  'an app on the packed packages blurs the background with the files that it has copied',
  { tag: '@chromium' },
  async ({ browser }) => {
    const room = newRoom();
    const ada = await AppPage.open(browser, app.url, room);
    const bob = await AppPage.open(browser, app.url, room);
    await Promise.all([ada.join(), bob.join()]);
    await ada.publish();
    await bob.expectVideo();
    await expect.poll(() => bob.sharpness()).toBeGreaterThan(0);
    const sharp = await bob.sharpness();
    await ada.blur();
    await expect.poll(() => bob.sharpness()).toBeLessThan(sharp / 4);
    expect([...ada.errors, ...bob.errors]).toEqual([]);
    await ada.close();
    await bob.close();
  },
);
