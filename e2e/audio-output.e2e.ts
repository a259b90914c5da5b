import { test } from '@playwright/test';
import { Caller, newRoom } from './support/caller.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';

test('audio plays on the chosen output, and stays there if another one is unavailable', async ({
  browser,
}) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  const bob = await Caller.open(browser);
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  await ada.publish(11, 440);
  await ada.publish(22, 880);
  await expect.poll(() => bob.page.evaluate(() => window.views.size)).toBe(2);
  const outputs = await bob.page.evaluate(async () => {
    // Browsers list outputs only for pages that may use a microphone.
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of microphone.getTracks()) track.stop();
    for (const view of window.views.values()) {
      const tile = document.createElement('video');
      document.body.append(tile);
      view.attach(tile);
    }
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices
      .filter(({ kind, deviceId }) => kind === 'audiooutput' && deviceId !== 'default')
      .map(({ deviceId }) => deviceId);
  });
  expect(outputs.length).toBeGreaterThanOrEqual(2);
  const [headset = '', speaker = ''] = outputs;
  const used = () =>
    bob.page.evaluate(() => [...document.querySelectorAll('video')].map(({ sinkId }) => sinkId));
  const choose = (who: 'conference' | 'first view', deviceId: string) =>
    bob.page.evaluate(
      ([who, deviceId]) => {
        const [view] = window.views.values();
        const target = who === 'conference' ? window.conference : view;
        return target?.setAudioOutput(deviceId ?? '').then(
          () => 'done',
          (error: unknown) => (error as { code: string }).code,
        );
      },
      [who, deviceId],
    );

  expect(await choose('conference', headset)).toBe('done');
  expect(await used()).toEqual([headset, headset]);
  expect(await choose('first view', speaker)).toBe('done');
  expect(await used()).toEqual([speaker, headset]);
  expect(await choose('conference', '')).toBe('done');
  expect(await used()).toEqual([speaker, '']);

  expect(await choose('conference', 'no such output')).toBe('ERR_AUDIO_OUTPUT');
  expect(await choose('first view', 'no such output')).toBe('ERR_AUDIO_OUTPUT');
  expect(await used()).toEqual([speaker, '']);
  await expectToGrow(async () => (await bob.received()).audioEnergy, 0.01);
  for (const caller of [ada, bob]) await caller.close();
});
