import { test } from '@playwright/test';
import { adaAndBob, publishDevices } from './support/ada-and-bob.ts';
import type { Caller } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { expectMovingVideo, receivedVideo } from './support/moving-video.ts';

/** The kinds of the first stream that a caller sees as muted. */
async function mutedKinds(caller: Caller): Promise<string[]> {
  return await caller.page.evaluate(() => {
    const [view] = window.views.values();
    const snapshot = window.conference.state.getSnapshot();
    return (['audio', 'video'] as const).filter((kind) =>
      window.Parley.selectMuted(snapshot, view?.streamId ?? '', kind),
    );
  });
}

test('muting releases the camera and is visible to viewers; unmuting restores the video', async ({
  browser,
}) => {
  const { ada, bob } = await adaAndBob(browser);
  await publishDevices(ada, { camera: true, microphone: true });
  await expectMovingVideo(bob);
  await ada.page.evaluate(() => window.mine.mute('video'));
  expect(
    await ada.page.evaluate(() => window.mine.mediaStream.getTracks().map((track) => track.readyState)),
  ).toEqual(['live', 'ended']);
  const seesMute = () =>
    bob.page.evaluate(() => {
      const [view] = window.views.values();
      return window.Parley.selectMuted(window.conference.state.getSnapshot(), view?.streamId ?? '', 'video');
    });
  await expect.poll(seesMute).toBe(true);
  await ada.page.evaluate(() => window.mine.unmute('video'));
  await expect.poll(seesMute).toBe(false);
  await expectMovingVideo(bob);
  await ada.close();
  await bob.close();
});

test('hold turns the viewer’s video black; resume restores it', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  await publishDevices(ada, { camera: true });
  await expectMovingVideo(bob);
  await bob.page.evaluate(() => window.conference.hold());
  await expect.poll(async () => (await receivedVideo(bob)).brightness).toBeLessThan(10);
  await ada.page.evaluate(() => window.conference.resume());
  await expectMovingVideo(bob);
  await ada.close();
  await bob.close();
});

test('warns when the user speaks while muted', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  await publishDevices(ada, { microphone: true });
  const warning = await ada.page.evaluate(async () => {
    // A track with a steady tone, because the fake microphone only beeps briefly.
    const tone = window.probe.source({ id: 1, toneHz: 440 }).getAudioTracks()[0];
    if (!tone) throw new Error('There is no tone.');
    await window.mine.switchTo({ microphone: tone });
    await window.mine.mute('audio');
    return await new Promise<string>((resolve) => {
      window.Parley.watchMedia(window.mine, {
        onChange: (warning, isActive) => resolve(`${warning} ${isActive}`),
      });
    });
  });
  expect(warning).toBe('speaking-while-muted true');
  await ada.close();
  await bob.close();
});

test('a microphone that the app disabled stays off until it is unmuted; muting needs no network', async ({
  browser,
}) => {
  const { ada, bob } = await adaAndBob(browser);
  await ada.page.evaluate(async () => {
    const [tone] = window.probe.source({ id: 1, toneHz: 440 }).getAudioTracks();
    if (!tone) throw new Error('There is no tone.');
    tone.enabled = false;
    window.mine = await window.conference.publishStream({
      mediaStream: new MediaStream([tone]),
      type: 'MIC',
    });
  });
  const sees = () => mutedKinds(bob);
  await expect.poll(sees).toEqual(['audio']);
  await bob.page.evaluate(async () => {
    await window.conference.hold();
    await window.conference.setMetadata('topic', 'x');
    await window.conference.resume();
    await window.conference.setMetadata('topic', 'y');
  });
  const topic = () =>
    ada.page.evaluate(() => window.conference.state.getSnapshot().conference.metadata['topic']?.value);
  await expect.poll(topic).toBe('y');
  expect(await ada.page.evaluate(() => window.mine.isMuted('audio'))).toBe(true);
  expect(await bob.tonesHz()).toEqual([0]);

  await ada.page.evaluate(() => window.mine.unmute('audio'));
  await expect.poll(() => bob.tonesHz()).toEqual([440]);
  expect(await sees()).toEqual([]);

  await ada.page.context().setOffline(true);
  await ada.page.evaluate(() => void window.mine.mute('audio').catch(() => {}));
  await expect.poll(() => bob.tonesHz()).toEqual([0]);
  expect(await sees()).toEqual([]);
  await ada.page.context().setOffline(false);
  await expect.poll(sees).toEqual(['audio']);
  await ada.close();
  await bob.close();
});

test('starts muted without opening the camera; no viewer ever sees it unmuted', async ({ browser }) => {
  const { ada, bob } = await adaAndBob(browser);
  await bob.page.evaluate(() => {
    window.conference.on('stream-published', ({ stream }) => {
      const snapshot = window.conference.state.getSnapshot();
      const isMuted = (kind: 'audio' | 'video') => window.Parley.selectMuted(snapshot, stream.id, kind);
      window.diary.push(`muted ${isMuted('audio')} ${isMuted('video')}`);
    });
  });
  const open = await ada.page.evaluate(async () => {
    window.mine = await window.conference.publishStream({ camera: true, microphone: true, muted: true });
    return window.mine.mediaStream.getTracks().map(({ kind, enabled }) => `${kind} ${enabled}`);
  });
  expect(open).toEqual(['audio false']);
  await expect.poll(() => bob.diary()).toContain('muted true true');
  await ada.page.evaluate(() => window.mine.unmute('video'));
  await expectMovingVideo(bob);
  await ada.close();
  await bob.close();
});
