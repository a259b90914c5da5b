import { test } from '@playwright/test';
import { expectCallWithFirefox, firefoxCallUnavailableReason } from './support/call-with-firefox.ts';
import { bareSdkFile, Caller, newRoom } from './support/caller.ts';
import { encryptWith } from './support/encrypt-with.ts';
import { expectSilenceOnceClosed } from './support/encrypted-media.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';
import { FirefoxCaller } from './support/firefox-caller.ts';
import { fakeMicrophoneHz } from './support/firefox-preferences.ts';

test.describe('Chromium and Firefox in one call', () => {
  const unavailableReason = firefoxCallUnavailableReason();
  test.skip(unavailableReason !== undefined, unavailableReason);

  let fox: FirefoxCaller;
  test.beforeEach(async () => {
    fox = await FirefoxCaller.open();
  });
  test.afterEach(async () => {
    await fox.close();
  });

  test('see and hear each other, in VP8', async ({ browser }) => {
    const room = newRoom();
    const ada = await Caller.open(browser);
    await Promise.all([ada.join(room, 'Ada'), fox.join(room, 'Fox')]);
    await expectCallWithFirefox(ada, fox);
    await ada.close();
  });

  for (const [way, close] of [
    ['closing the tab', async () => fox.page.close()],
    ['leaving the page', async () => void (await fox.page.goto('about:blank'))],
  ] as const) {
    test(`${way} in Firefox leaves the conference without waiting for a timeout`, async ({ browser }) => {
      const room = newRoom();
      const ada = await Caller.open(browser);
      await Promise.all([ada.join(room, 'Ada'), fox.join(room, 'Fox')]);
      await close();
      // The server itself would miss Firefox after 45 s.
      await expect.poll(() => ada.diary(), { timeout: 10_000 }).toContain('left Fox');
      await ada.close();
    });
  }
});

test('Chromium and Firefox share an encrypted call without webrtc-adapter', async ({ browser }) => {
  const unavailableReason = firefoxCallUnavailableReason();
  test.skip(unavailableReason !== undefined, unavailableReason);
  const room = newRoom();
  const [ada, fox] = await Promise.all([Caller.open(browser, bareSdkFile), FirefoxCaller.open(bareSdkFile)]);
  expect(await ada.page.evaluate(() => 'browserDetails' in window.Parley)).toBe(false);
  await Promise.all([encryptWith(ada.page, { key: 'one' }), encryptWith(fox.page, { key: 'one' })]);
  await Promise.all([ada.join(room, 'Ada'), fox.join(room, 'Fox')]);
  await Promise.all([ada.publish(11, 440), fox.publish(22)]);
  await ada.expectVideoOf(22);
  await expect.poll(() => fox.videoIds()).toEqual([11]);
  await expect.poll(() => ada.tonesHz()).toEqual([fakeMicrophoneHz]);
  await expectToGrow(async () => (await fox.received()).audioEnergy, 0.1);
  await expectSilenceOnceClosed(fox, ada);
  await fox.close();
  await ada.close();
});
