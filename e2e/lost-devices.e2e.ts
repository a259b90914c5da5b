import { test, type Browser } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { Caller, newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { launchChromium } from './support/launch-chromium.ts';
import { expectMovingVideo } from './support/moving-video.ts';
import { processesOf } from './support/processes-of.ts';

/** Ada, who publishes camera and microphone from her own browser, and Bob, who views them. */
async function adaAndBob(browser: Browser, hers: Browser): Promise<{ ada: Caller; bob: Caller }> {
  const room = newRoom();
  const [ada, bob] = [await Caller.open(hers), await Caller.open(browser)];
  await ada.page.context().grantPermissions(['camera', 'microphone'], { origin: demoUrl });
  await Promise.all([ada.join(room, 'Ada'), bob.join(room, 'Bob')]);
  await ada.page.evaluate(async () => {
    window.mine = await window.conference.publishStream({ camera: true, microphone: true });
    for (const track of window.mine.mediaStream.getTracks()) {
      track.addEventListener('ended', () => window.diary.push(`ended ${track.kind}`));
    }
  });
  await expectMovingVideo(bob);
  return { ada, bob };
}

/** Which of Ada's tracks are muted in Bob's state. */
async function mutedForBob(bob: Caller): Promise<string[]> {
  return await bob.page.evaluate(() => {
    const [streamId] = window.views.keys();
    const snapshot = window.conference.state.getSnapshot();
    return (['audio', 'video'] as const).filter((kind) =>
      window.Parley.selectMuted(snapshot, streamId ?? '', kind),
    );
  });
}

test('mutes devices whose permission is revoked during the call, and restores them when it is granted again', async ({
  browser,
}) => {
  const hers = await launchChromium(['--use-fake-device-for-media-stream']);
  const { ada, bob } = await adaAndBob(browser, hers);
  await ada.page.context().clearPermissions();
  await expect.poll(() => mutedForBob(bob)).toEqual(['audio', 'video']);
  const diary = await ada.diary();
  for (const kind of ['audio', 'video']) expect(diary).toContain(`ended ${kind}`);
  expect(diary.filter((line) => line.startsWith('error ERR_DEVICE_LOST'))).toHaveLength(2);
  expect(
    await ada.page.evaluate(() =>
      ['audio' as const, 'video' as const].map((kind) => window.mine.isMuted(kind)),
    ),
  ).toEqual([true, true]);
  const refused = await ada.page.evaluate(() =>
    window.mine.unmute('video').then(
      () => 'none',
      (error: unknown) => (error as { code: string }).code,
    ),
  );
  expect(refused).toMatch(/^ERR_DEVICE_(DENIED|DISMISSED)$/);
  expect(await mutedForBob(bob)).toEqual(['audio', 'video']);

  await ada.page.context().grantPermissions(['camera', 'microphone'], { origin: demoUrl });
  await ada.page.evaluate(async () => {
    await window.mine.unmute('video');
    await window.mine.unmute('audio');
  });
  await expect.poll(() => mutedForBob(bob)).toEqual([]);
  await expectMovingVideo(bob);
  await hers.close();
  await bob.close();
});

// A fake camera cannot be unplugged. A crash of the browser's service looks the same to the page: its tracks end.
for (const [device, service, kind] of [
  ['camera', 'video_capture.mojom.VideoCaptureService', 'video'],
  ['microphone', 'audio.mojom.AudioService', 'audio'],
] as const) {
  test(`reopens a ${device} that the system removed, and the viewer keeps receiving`, async ({ browser }) => {
    const hers = await launchChromium([
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ]);
    const { ada, bob } = await adaAndBob(browser, hers);
    const [streamId] = await bob.page.evaluate(() => [...window.views.keys()]);
    const running = (await processesOf(hers)).find(({ type }) => type === service);
    expect(running).toBeDefined();
    if (running) process.kill(running.id, 'SIGKILL');
    await expect.poll(() => ada.diary()).toContain(`ended ${kind}`);
    await expectMovingVideo(bob);
    // The fake microphone beeps once a second.
    const { audioEnergy } = await bob.received();
    await bob.page.evaluate(() => {
      const [view] = window.views.values();
      view?.attach(document.body.appendChild(document.createElement('video')));
    });
    await expect.poll(async () => (await bob.received()).audioEnergy).toBeGreaterThan(audioEnergy);
    expect(
      await ada.page.evaluate(() => window.mine.mediaStream.getTracks().map((t) => t.readyState)),
    ).toEqual(['live', 'live']);
    expect(await bob.page.evaluate(() => [...window.views.keys()])).toEqual([streamId]);
    expect(await mutedForBob(bob)).toEqual([]);
    expect(await ada.diary()).not.toContainEqual(expect.stringMatching(/^error/));
    await hers.close();
    await bob.close();
  });
}
