import { expect, test } from 'vitest';
import { capturedStreams, capturedTracks, type FakePage } from '../testing/fake-browser.ts';
import { fakeTracks } from '../testing/fake-media.ts';
import type { FakeServer } from '../testing/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { createPreview } from './create-preview.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

const states = () => capturedTracks.map(({ readyState }) => readyState);

test('is published as it is, without asking for the devices again, and then belongs to the stream', async () => {
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

test('switches devices, and stays as it is when the other cannot be had', async () => {
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

test('frees its devices at the end, and by signal', async () => {
  const preview = await createPreview({ camera: true });
  preview.stop();
  preview.stop();
  expect(states()).toEqual(['ended']);
  await expect(createPreview({ camera: true, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'ERR_ABORTED',
  });
});
