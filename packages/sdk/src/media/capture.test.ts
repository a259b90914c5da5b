import type { StreamType } from '@parley-rtc/contract';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type FakeDevices, useFakeBrowser } from '../testing/fake-browser.ts';
import { aMediaStream } from '../testing/fake-media.ts';
import { capture } from './capture.ts';
import type { PublishSource } from './publish-options.ts';

const { signal } = new AbortController();

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ['MIC', { microphone: true }],
  ['CAM', { camera: { width: 640 } }],
  ['MIC_AND_CAM', { camera: true, microphone: true }],
  ['SCREEN', { screen: true }],
] as const satisfies readonly (readonly [StreamType, PublishSource])[])(
  'makes a %s of %o',
  async (type, source) => {
    useFakeBrowser();
    const captured = await capture(source, signal);
    expect(captured.type).toBe(type);
    expect(captured.isOurs).toBe(true);
  },
);

test('passes constraints on', async () => {
  const getUserMedia = vi.fn<FakeDevices['getUserMedia']>(async () => aMediaStream('video'));
  useFakeBrowser({ getUserMedia });
  await capture({ camera: { width: 640 } }, signal);
  expect(getUserMedia).toHaveBeenCalledWith({ audio: false, video: { width: 640 } });
});

test.each([
  [true, { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } }],
  [
    { deviceId: 'a' },
    { deviceId: 'a', width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
  ],
  [() => ({ height: 90 }), { height: 90 }],
])('asks a camera for 720p unless the app names a size', async (camera, video) => {
  const getUserMedia = vi.fn<FakeDevices['getUserMedia']>(async () => aMediaStream('video'));
  useFakeBrowser({ getUserMedia });
  await capture({ camera }, signal);
  expect(getUserMedia).toHaveBeenCalledWith({ audio: false, video });
});

/** A browser that refuses with a message. */
function refuse(message: string) {
  const page = useFakeBrowser({
    getUserMedia: () => Promise.reject(new DOMException(message, 'NotAllowedError')),
  });
  return {
    page,
    code: () => capture({ camera: true }, signal).catch(({ code }: { code: string }) => code),
  };
}

test('tells a question that was closed from a refusal, by what the browser says or keeps', async () => {
  expect(await refuse('Permission dismissed').code()).toBe('ERR_DEVICE_DISMISSED');
  expect(await refuse('Permission denied').code()).toBe('ERR_DEVICE_DENIED');
  for (const [state, code] of [
    ['prompt', 'ERR_DEVICE_DISMISSED'],
    ['denied', 'ERR_DEVICE_DENIED'],
  ] as const) {
    const refused = refuse('The request is not allowed.');
    Object.assign(refused.page.navigator, { permissions: { query: async () => ({ state }) } });
    expect(await refused.code()).toBe(code);
  }
  vi.stubGlobal('document', { featurePolicy: { allowsFeature: (name: string) => name !== 'camera' } });
  expect(await refuse('Permission denied').code()).toBe('ERR_DEVICE_BLOCKED_BY_POLICY');
});

describe('media of the app', () => {
  const kinds = ['audio', 'video'] as const;
  test.each([
    ['MIC', ['audio']],
    ['CAM', ['video']],
    ['MIC_AND_CAM', ['audio', 'video']],
    ['SCREEN', ['video']],
    ['SCREEN', ['audio', 'video']],
  ] as const)('is a %s with %o', async (type, has) => {
    const mediaStream = aMediaStream(...has);
    expect(await capture({ mediaStream, type }, signal)).toMatchObject({ mediaStream, type });
  });

  test.each([
    ['CAM', ['audio']],
    ['CAM', kinds],
    ['MIC', ['video']],
    ['MIC', kinds],
    ['MIC_AND_CAM', ['audio']],
    ['MIC_AND_CAM', ['video']],
    ['SCREEN', ['audio']],
    ['SCREEN', []],
    ['UNKNOWN', kinds],
  ] as const)('is no %s with %o', async (type, has) => {
    await expect(capture({ mediaStream: aMediaStream(...has), type }, signal)).rejects.toMatchObject({
      code: 'ERR_STREAM_TYPE_MISMATCH',
    });
  });
});

test('refuses to publish nothing', async () => {
  useFakeBrowser();
  await expect(capture({ camera: false }, signal)).rejects.toMatchObject({
    code: 'ERR_STREAM_TYPE_MISMATCH',
  });
});

test.each([
  ['NotAllowedError', 'ERR_DEVICE_DENIED'],
  ['SecurityError', 'ERR_DEVICE_DENIED'],
  ['NotFoundError', 'ERR_DEVICE_NOT_FOUND'],
  ['OverconstrainedError', 'ERR_DEVICE_OVERCONSTRAINED'],
  ['NotReadableError', 'ERR_DEVICE_IN_USE'],
  ['AbortError', 'ERR_DEVICE_IN_USE'],
])("turns the browser's %s into %s", async (name, code) => {
  const cause = new DOMException('no', name);
  useFakeBrowser({ getUserMedia: () => Promise.reject(cause) });
  await expect(capture({ camera: true }, signal)).rejects.toMatchObject({ code, cause, kind: 'camera' });
});

test("leaves the app's own mistake as it is", async () => {
  const mistake = new TypeError('constraints');
  useFakeBrowser({ getUserMedia: () => Promise.reject(mistake) });
  await expect(capture({ camera: true }, signal)).rejects.toBe(mistake);
});

test('tells a cancelled screen share from a denied device', async () => {
  useFakeBrowser({ getDisplayMedia: () => Promise.reject(new DOMException('no', 'NotAllowedError')) });
  await expect(capture({ screen: true }, signal)).rejects.toMatchObject({
    code: 'ERR_SCREEN_SHARE_CANCELLED',
  });
});

test('says what is wrong with the page or the browser where there are no devices', async () => {
  const page = useFakeBrowser();
  page.navigator.mediaDevices = undefined;
  await expect(capture({ camera: true }, signal)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_BROWSER' });
  vi.stubGlobal('isSecureContext', false);
  await expect(capture({ camera: true }, signal)).rejects.toMatchObject({ code: 'ERR_INSECURE_ORIGIN' });
});

test('says so where a screen cannot be shared, as on phones', async () => {
  useFakeBrowser({ getUserMedia: async () => aMediaStream() });
  await expect(capture({ screen: true }, signal)).rejects.toMatchObject({
    code: 'ERR_UNSUPPORTED_BROWSER',
    missing: 'getDisplayMedia',
  });
});
