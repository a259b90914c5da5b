import { expect, it } from 'vitest';
import { aMediaStream, fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { capturedStreams, capturedTracks } from '../testing/fake-browser.ts';
import { joinAs } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { createPreview } from './create-preview.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

const states = () => capturedTracks.map(({ readyState }) => readyState);

it('is published without opening the devices again, and then belongs to the stream', async () => {
  const preview = await createPreview({ camera: true, microphone: true });
  const ada = await joinAs(server, 'ada');
  const mine = await ada.publishStream({ preview });
  expect(mine.type).toBe('MIC_AND_CAM');
  expect(mine.mediaStream).toBe(preview.mediaStream);
  expect(capturedStreams).toHaveLength(1);
  preview.stop();
  expect(states()).toEqual(['live', 'live']);
  await expect(preview.switchTo({ camera: true })).rejects.toMatchObject({
    code: 'ERR_STREAM_TYPE_MISMATCH',
  });
  await expect(ada.publishStream({ preview })).rejects.toMatchObject({ code: 'ERR_STREAM_TYPE_MISMATCH' });
  await mine.mute('video');
  expect(states()).toEqual(['live', 'ended']);
  await mine.unmute('video');
  await ada.leave();
  expect(states()).toEqual(['ended', 'ended', 'ended']);
});

it('switches devices, and keeps the current one when the other cannot be opened', async () => {
  using preview = await createPreview({ camera: true });
  await preview.switchTo({ camera: { deviceId: 'other' } });
  expect(states()).toEqual(['ended', 'live']);
  await expect(preview.switchTo({ microphone: true })).rejects.toMatchObject({
    code: 'ERR_STREAM_TYPE_MISMATCH',
  });
  page.navigator.mediaDevices = {
    getUserMedia: () => Promise.reject(new DOMException('busy', 'NotReadableError')),
  };
  await expect(preview.switchTo({ camera: true })).rejects.toMatchObject({ code: 'ERR_DEVICE_IN_USE' });
  expect(fakeTracks(preview.mediaStream).map(({ readyState }) => readyState)).toEqual(['live']);
});

it('hands over the device that was switched to, which opens again after a mute', async () => {
  const { getUserMedia } = page.navigator.mediaDevices ?? {};
  const asked: unknown[] = [];
  page.navigator.mediaDevices = {
    getUserMedia: async (constraints) => {
      asked.push((constraints.video as MediaTrackConstraints).deviceId);
      return (await getUserMedia?.(constraints)) ?? aMediaStream();
    },
  };
  const preview = await createPreview({ camera: { deviceId: 'first' } });
  await preview.switchTo({ camera: { deviceId: 'other' } });
  const ada = await joinAs(server, 'ada');
  const mine = await ada.publishStream({ preview });
  await mine.mute('video');
  await mine.unmute('video');
  expect(asked).toEqual(['first', 'other', 'other']);
});

it('is over once it was stopped', async () => {
  const preview = await createPreview({ camera: true });
  preview.stop();
  const ended = { code: 'ERR_STREAM_TYPE_MISMATCH', message: expect.stringContaining('has ended') as string };
  await expect(preview.switchTo({ camera: true })).rejects.toMatchObject(ended);
  expect(() => preview.handOver()).toThrow(expect.objectContaining(ended));
  expect(preview.missing).toEqual({});
});

it('releases its devices when stopped, and when its signal aborts', async () => {
  const preview = await createPreview({ camera: true });
  preview.stop();
  preview.stop();
  expect(states()).toEqual(['ended']);
  await expect(createPreview({ camera: true, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ERR_ABORTED',
  });
});

it('keeps only the device that was switched to last', async () => {
  using preview = await createPreview({ camera: true });
  await Promise.all([preview.switchTo({ camera: { deviceId: 'a' } }), preview.switchTo({ camera: true })]);
  expect(fakeTracks(preview.mediaStream)).toHaveLength(1);
  expect(states().filter((state) => state === 'live')).toHaveLength(1);
});

it('keeps a track off that the app disabled when it switches devices', async () => {
  using preview = await createPreview({ microphone: true });
  const [before] = fakeTracks(preview.mediaStream);
  if (before) before.enabled = false;
  await preview.switchTo({ microphone: true });
  expect(fakeTracks(preview.mediaStream)).toMatchObject([{ enabled: false, readyState: 'live' }]);
});

async function after(turns: number, act: () => void): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  act();
}

it('keeps no device open that opens just as it is stopped', async () => {
  const { getUserMedia } = page.navigator.mediaDevices ?? {};
  for (let turns = 0; turns < 12; turns += 1) {
    const preview = await createPreview({ camera: true });
    page.navigator.mediaDevices = {
      getUserMedia: async (constraints) => {
        void after(turns, () => preview.stop());
        return (await getUserMedia?.(constraints)) ?? aMediaStream();
      },
    };
    await preview.switchTo({ camera: true }).catch(() => {});
    page.navigator.mediaDevices = { ...(getUserMedia && { getUserMedia }) };
  }
  expect(states().filter((state) => state === 'live')).toEqual([]);
});

it('says which device is missing', async () => {
  page.navigator.mediaDevices = {
    getUserMedia: async ({ video }) => {
      if (video) throw new DOMException('none', 'NotFoundError');
      return aMediaStream('audio');
    },
  };
  using preview = await createPreview({ camera: true, microphone: true, allowMissing: true });
  expect(preview.missing).toMatchObject({ video: { code: 'ERR_DEVICE_NOT_FOUND' } });
  const ada = await joinAs(server, 'ada');
  const mine = await ada.publishStream({ preview });
  expect(mine.type).toBe('MIC');
  expect(mine.missing).toBe(preview.missing);
});
