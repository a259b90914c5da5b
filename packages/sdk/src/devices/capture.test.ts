import { runInNewContext } from 'node:vm';
import { ParleyError } from '@parley-rtc/client';
import type { StreamType } from '@parley-rtc/contract';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aMediaStream, fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import type { FakeDevices } from '../../../testing/src/browser/fake-page.ts';
import { useFakeBrowser } from '../testing/fake-browser.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { capture } from './capture.ts';
import type { PublishSource } from './media-source.ts';

const { signal } = new AbortController();

afterEach(() => {
  vi.unstubAllGlobals();
});

it.each([
  ['MIC', { microphone: true }],
  ['CAM', { camera: { width: 640 } }],
  ['MIC_AND_CAM', { camera: true, microphone: true }],
  ['SCREEN', { screen: true }],
] as const satisfies readonly (readonly [StreamType, PublishSource])[])(
  'captures a %s from %o',
  async (type, source) => {
    useFakeBrowser();
    const captured = await capture(source, signal);
    expect(captured.type).toBe(type);
    expect(captured.isOurs).toBe(true);
  },
);

it('passes on constraints', async () => {
  const getUserMedia = vi.fn<FakeDevices['getUserMedia']>(async () => aMediaStream('video'));
  useFakeBrowser({ getUserMedia });
  await capture({ camera: { width: 640 } }, signal);
  expect(getUserMedia).toHaveBeenCalledWith({ audio: false, video: { width: 640 } });
});

it.each([
  [true, { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } }],
  [
    { deviceId: 'a' },
    { deviceId: 'a', width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
  ],
  [() => ({ height: 90 }), { height: 90 }],
])('requests 720p from a camera unless the app requests a size', async (camera, video) => {
  const getUserMedia = vi.fn<FakeDevices['getUserMedia']>(async () => aMediaStream('video'));
  useFakeBrowser({ getUserMedia });
  await capture({ camera }, signal);
  expect(getUserMedia).toHaveBeenCalledWith({ audio: false, video });
});

/** Makes the browser refuse with a message. */
function refuse(message: string) {
  const page = useFakeBrowser({
    getUserMedia: () => Promise.reject(new DOMException(message, 'NotAllowedError')),
  });
  return {
    page,
    code: () => capture({ camera: true }, signal).catch(({ code }: { code: string }) => code),
  };
}

it('distinguishes a dismissed prompt from a refusal and from a policy', async () => {
  expect(await refuse('Permission dismissed').code()).toBe('ERR_DEVICE_DISMISSED');
  expect(await refuse('Permission denied').code()).toBe('ERR_DEVICE_DENIED');
  vi.stubGlobal('document', { featurePolicy: { allowsFeature: (name: string) => name !== 'camera' } });
  expect(await refuse('Permission denied').code()).toBe('ERR_DEVICE_BLOCKED_BY_POLICY');
});

it.each(['prompt', 'denied'])('takes a block for a refusal when Firefox reports `%s`', async (state) => {
  const refused = refuse(
    'The request is not allowed by the user agent or the platform in the current context.',
  );
  Object.assign(refused.page.navigator, { permissions: { query: async () => ({ state }) } });
  expect(await refused.code()).toBe('ERR_DEVICE_DENIED');
});

describe('media of the app', () => {
  const kinds = ['audio', 'video'] as const;
  it.each([
    ['MIC', ['audio']],
    ['CAM', ['video']],
    ['MIC_AND_CAM', ['audio', 'video']],
    ['SCREEN', ['video']],
    ['SCREEN', ['audio', 'video']],
  ] as const)('is a %s with %o', async (type, has) => {
    const mediaStream = aMediaStream(...has);
    expect(await capture({ mediaStream, type }, signal)).toMatchObject({ mediaStream, type });
  });

  it.each([
    ['CAM', ['audio']],
    ['CAM', kinds],
    ['MIC', ['video']],
    ['MIC', kinds],
    ['MIC_AND_CAM', ['audio']],
    ['MIC_AND_CAM', ['video']],
    ['SCREEN', ['audio']],
    ['SCREEN', []],
    ['UNKNOWN', kinds],
  ] as const)('is not a %s with %o', async (type, has) => {
    await expect(capture({ mediaStream: aMediaStream(...has), type }, signal)).rejects.toMatchObject({
      code: 'ERR_STREAM_TYPE_MISMATCH',
    });
  });
});

it('refuses to publish nothing', async () => {
  useFakeBrowser();
  await expect(capture({ camera: false }, signal)).rejects.toMatchObject({
    code: 'ERR_STREAM_TYPE_MISMATCH',
  });
});

it.each([
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

it.each([
  ['camera', { camera: true }, ['audioinput'], 'ERR_DEVICE_NOT_FOUND'],
  ['camera', { camera: true }, ['audioinput', 'videoinput'], 'ERR_DEVICE_OVERCONSTRAINED'],
  ['microphone', { microphone: true }, ['videoinput'], 'ERR_DEVICE_NOT_FOUND'],
  ['camera and microphone', { camera: true, microphone: true }, ['videoinput'], 'ERR_DEVICE_NOT_FOUND'],
] as const)(
  "turns WebKit's OverconstrainedError for a %s (%o) with only %o into %s",
  async (kind, source, inputs, code) => {
    const devices = {
      getUserMedia: () => Promise.reject(new DOMException('Invalid constraint', 'OverconstrainedError')),
      enumerateDevices: async () => inputs.map((input) => ({ kind: input })),
    };
    useFakeBrowser(devices);
    await expect(capture(source, signal)).rejects.toMatchObject({ code, kind });
  },
);

it.each([
  [new TypeError('constraints'), 'camera', 'ERR_INVALID_OPTIONS'],
  [new DOMException('no', 'NotSupportedError'), 'camera', 'ERR_UNSUPPORTED_BROWSER'],
  [new DOMException('inactive', 'InvalidStateError'), 'camera', 'ERR_CAPTURE_FAILED'],
  [new DOMException('odd', 'ANameOfTheFuture'), 'microphone', 'ERR_CAPTURE_FAILED'],
  [undefined, 'camera', 'ERR_CAPTURE_FAILED'],
  ['a text', 'camera', 'ERR_CAPTURE_FAILED'],
  [
    runInNewContext('new (class NotFoundError extends Error { name = "NotFoundError" })()'),
    'camera',
    'ERR_DEVICE_NOT_FOUND',
  ],
  [new DOMException('no click', 'InvalidStateError'), 'screen', 'ERR_CLICK_REQUIRED'],
  [new DOMException('no click', 'InvalidAccessError'), 'screen', 'ERR_CLICK_REQUIRED'],
  [new DOMException('no', 'NotSupportedError'), 'screen', 'ERR_UNSUPPORTED_BROWSER'],
  [new DOMException('no', 'UnknownError'), 'screen', 'ERR_CAPTURE_FAILED'],
  [new DOMException('no screen', 'NotFoundError'), 'screen', 'ERR_SCREEN_SHARE_UNAVAILABLE'],
  [new DOMException('no access', 'NotReadableError'), 'screen', 'ERR_SCREEN_SHARE_UNAVAILABLE'],
  [
    new DOMException('Permission denied by system', 'NotAllowedError'),
    'screen',
    'ERR_SCREEN_SHARE_UNAVAILABLE',
  ],
] as const)('turns %o for a %s into %s, whatever the browser throws', async (cause, source, code) => {
  const refuse = async () => Promise.reject(cause);
  useFakeBrowser({ getUserMedia: refuse, getDisplayMedia: refuse });
  const error: unknown = await rejectionOf(capture({ [source]: true }, signal));
  expect(error).toBeInstanceOf(ParleyError);
  expect(error).toMatchObject({ code });
  expect((error as Error).cause).toBe(cause);
});

it('distinguishes a cancelled screen share from a denied device', async () => {
  useFakeBrowser({ getDisplayMedia: () => Promise.reject(new DOMException('no', 'NotAllowedError')) });
  await expect(capture({ screen: true }, signal)).rejects.toMatchObject({
    code: 'ERR_SCREEN_SHARE_CANCELLED',
  });
});

it('reports what is wrong with the page or the browser when it has no mediaDevices', async () => {
  const page = useFakeBrowser();
  page.navigator.mediaDevices = undefined;
  await expect(capture({ camera: true }, signal)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_BROWSER' });
  vi.stubGlobal('isSecureContext', false);
  await expect(capture({ camera: true }, signal)).rejects.toMatchObject({ code: 'ERR_INSECURE_ORIGIN' });
});

it('reports that a screen cannot be shared, for example on phones', async () => {
  useFakeBrowser({ getUserMedia: async () => aMediaStream() });
  await expect(capture({ screen: true }, signal)).rejects.toMatchObject({
    code: 'ERR_UNSUPPORTED_BROWSER',
    missing: 'getDisplayMedia',
  });
});

/** A browser whose devices of these kinds fail with an error of this name. */
function breakDevices(...broken: readonly (readonly ['audio' | 'video', name: string])[]) {
  const getUserMedia = vi.fn<FakeDevices['getUserMedia']>(async (constraints) => {
    for (const [kind, name] of broken) if (constraints[kind]) throw new DOMException(kind, name);
    return aMediaStream(...(['audio', 'video'] as const).filter((kind) => constraints[kind]));
  });
  useFakeBrowser({ getUserMedia });
}
describe('a missing device', () => {
  const both = { camera: true, microphone: true } as const;

  it.each([
    ['video', 'NotFoundError', 'MIC', 'ERR_DEVICE_NOT_FOUND'],
    ['audio', 'NotFoundError', 'CAM', 'ERR_DEVICE_NOT_FOUND'],
    ['video', 'NotReadableError', 'MIC', 'ERR_DEVICE_IN_USE'],
    ['audio', 'OverconstrainedError', 'CAM', 'ERR_DEVICE_OVERCONSTRAINED'],
  ] as const)('of %s (%s) leaves a %s, if allowed', async (kind, name, type, code) => {
    breakDevices([kind, name]);
    await expect(capture(both, signal)).rejects.toMatchObject({ code });
    const captured = await capture({ ...both, allowMissing: true }, signal);
    expect(captured.type).toBe(type);
    expect(Object.keys(captured.requests)).toEqual([kind === 'video' ? 'audio' : 'video']);
    const device = kind === 'video' ? 'camera' : 'microphone';
    expect(captured.missing).toMatchObject({ [kind]: { code, kind: device } });
  });

  it('is an error when the other is missing, too, or the user denies access', async () => {
    breakDevices(['audio', 'NotFoundError'], ['video', 'NotFoundError']);
    const allowed = { ...both, allowMissing: true };
    await expect(capture(allowed, signal)).rejects.toMatchObject({ code: 'ERR_DEVICE_NOT_FOUND' });
    breakDevices(['audio', 'NotAllowedError']);
    await expect(capture(allowed, signal)).rejects.toMatchObject({ code: 'ERR_DEVICE_DENIED' });
  });

  it('never leaves the other open when the user denies access to it', async () => {
    const opened: MediaStream[] = [];
    useFakeBrowser({
      getUserMedia: async ({ audio, video }) => {
        if (audio && video) throw new DOMException('busy', 'NotReadableError');
        if (video) throw new DOMException('no', 'NotAllowedError');
        opened.push(aMediaStream('audio'));
        return opened[0] ?? aMediaStream();
      },
    });
    const failure = capture({ ...both, allowMissing: true }, signal);
    await expect(failure).rejects.toMatchObject({ code: 'ERR_DEVICE_DENIED' });
    expect(opened.flatMap(fakeTracks).map(({ readyState }) => readyState)).toEqual(['ended']);
  });
});

describe('an aborted request', () => {
  const leaving = new Error('leaving');

  it('closes the device that is open while the other one still opens', async () => {
    const opened: MediaStream[] = [];
    useFakeBrowser({
      getUserMedia: async ({ audio, video }) => {
        if (audio && video) throw new DOMException('none', 'NotFoundError');
        if (video) return new Promise(() => {});
        opened.push(aMediaStream('audio'));
        return opened[0] ?? aMediaStream();
      },
    });
    const aborting = new AbortController();
    const capturing = capture({ camera: true, microphone: true, allowMissing: true }, aborting.signal);
    capturing.catch(() => {});
    await vi.waitFor(() => expect(opened).toHaveLength(1));
    aborting.abort(leaving);
    await new Promise((resolve) => setTimeout(resolve));
    expect(opened.flatMap(fakeTracks).map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  it.each([
    ['one by one', 'NotFoundError', { camera: true, microphone: true, allowMissing: true }],
    ['without the chosen device', 'OverconstrainedError', { camera: () => ({ deviceId: 'gone' }) }],
  ] as const)('is not repeated %s', async (_how, name, source) => {
    const aborting = new AbortController();
    const getUserMedia = vi.fn<FakeDevices['getUserMedia']>(async () => {
      aborting.abort(leaving);
      throw new DOMException('no', name);
    });
    useFakeBrowser({ getUserMedia });
    await rejectionOf(capture(source, aborting.signal));
    expect(getUserMedia).toHaveBeenCalledOnce();
  });
});
