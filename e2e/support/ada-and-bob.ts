import type { Browser } from '@playwright/test';
import { Caller, newRoom } from './caller.ts';

/** Ada and Bob in one call. Ada's page is in front, because Firefox opens devices only there. */
export async function adaAndBob(browser: Browser): Promise<{ ada: Caller; bob: Caller }> {
  const room = newRoom();
  const [ada, bob] = await Promise.all([Caller.open(browser), Caller.open(browser)]);
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  await ada.page.bringToFront();
  return { ada, bob };
}

/** Publishes the fake camera, the fake microphone or both. */
export async function publishDevices(
  caller: Caller,
  options: { camera?: boolean; microphone?: boolean },
): Promise<void> {
  await caller.page.evaluate(async (options) => {
    window.mine = await window.conference.publishStream(options);
  }, options);
}
