import { afterEach, describe, expect, it, vi } from 'vitest';
import { aMediaStream, fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import type { FakeDevices } from '../../../testing/src/browser/fake-page.ts';
import { useFakeBrowser } from '../testing/fake-browser.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { capture, openDevice, withoutDevice } from './capture.ts';
import { startsMuted } from './media-source.ts';
import { openOneByOne } from './open-one-by-one.ts';
import { permissionError } from './permission-errors.ts';

const { signal } = new AbortController();

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A browser whose devices are gone once, and which records what it is asked for. */
function loseDeviceOnce(name = 'OverconstrainedError') {
  const getUserMedia = vi.fn<FakeDevices['getUserMedia']>(async ({ audio, video }) =>
    aMediaStream(...(audio ? ['audio' as const] : []), ...(video ? ['video' as const] : [])),
  );
  getUserMedia.mockRejectedValueOnce(new DOMException('gone', name));
  useFakeBrowser({ getUserMedia });
  return getUserMedia;
}

const chosenCamera = () => ({ deviceId: { exact: 'gone' }, groupId: 'g', width: 640 });

describe('the constraints', () => {
  it.each([{ aspectRatio: 1 }, { width: 640 }, { height: 90, frameRate: 5 }])(
    'of an app that asks for a size stay as they are: %j',
    async (camera) => {
      const getUserMedia = vi.fn<FakeDevices['getUserMedia']>(async () => aMediaStream('video'));
      useFakeBrowser({ getUserMedia });
      await capture({ camera }, signal);
      expect(getUserMedia).toHaveBeenCalledWith({ audio: false, video: camera });
    },
  );

  it('of a screen are 15 frames per second with audio, unless the app chooses others', async () => {
    const getDisplayMedia = vi.fn<NonNullable<FakeDevices['getDisplayMedia']>>(async () =>
      aMediaStream('video'),
    );
    useFakeBrowser({ getDisplayMedia });
    await capture({ screen: true }, signal);
    await capture({ screen: { video: true } }, signal);
    expect(getDisplayMedia.mock.calls).toEqual([
      [{ video: { frameRate: { ideal: 15 } }, audio: true }],
      [{ video: true }],
    ]);
  });

  it('that a function chose are tried again without the device when it is gone', async () => {
    const getUserMedia = loseDeviceOnce();
    const microphone = { deviceId: 'gone', echoCancellation: false };
    await capture({ camera: chosenCamera, microphone }, signal);
    expect(getUserMedia.mock.calls[1]).toEqual([
      { audio: { echoCancellation: false }, video: { width: 640 } },
    ]);
  });

  it.each([
    ['the app named the device', 'OverconstrainedError', { deviceId: 'gone' }],
    ['the user denies it', 'NotAllowedError', () => ({ deviceId: 'gone' })],
  ])('are not tried again when %s', async (_why, name, camera) => {
    const getUserMedia = loseDeviceOnce(name);
    await expect(capture({ camera }, signal)).rejects.toMatchObject({ cause: { name } });
    expect(getUserMedia).toHaveBeenCalledOnce();
  });

  it('that no device satisfies are named, if the browser says which', async () => {
    const gone = Object.assign(new DOMException('gone', 'OverconstrainedError'), { constraint: 'width' });
    useFakeBrowser({ getUserMedia: () => Promise.reject(gone) });
    const failure = rejectionOf(capture({ camera: true }, signal));
    expect(await failure).toMatchObject({
      constraint: 'width',
      message: expect.stringContaining('width') as string,
    });
    loseDeviceOnce();
    await expect(capture({ camera: true }, signal)).rejects.toMatchObject({ constraint: '' });
  });

  it('keep everything but the device', () => {
    expect(withoutDevice({ deviceId: 'a', groupId: 'b', width: 1 })).toEqual({ width: 1 });
    expect(withoutDevice(true)).toBe(true);
    expect(withoutDevice(false)).toBe(false);
  });
});

it('stops what the user grants after the abort, and rejects with its reason', async () => {
  const abort = new AbortController();
  const reason = new Error('leaving');
  const late = aMediaStream('video');
  useFakeBrowser({
    getUserMedia: async () => {
      abort.abort(reason);
      return late;
    },
  });
  await expect(capture({ camera: true }, abort.signal)).rejects.toBe(reason);
  expect(fakeTracks(late).map(({ readyState }) => readyState)).toEqual(['ended']);
});

it('reports a browser that grants a device without a track', async () => {
  useFakeBrowser({ getUserMedia: async () => aMediaStream() });
  await expect(openDevice('video', true, [])).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_BROWSER' });
});

it('knows how to open each device again that it opened', async () => {
  useFakeBrowser();
  const microphone = { deviceId: 'm' };
  const { requests, type, isOurs, missing } = await capture({ camera: true, microphone }, signal);
  expect(requests).toEqual({ audio: microphone, video: true });
  expect([type, isOurs, missing]).toEqual(['MIC_AND_CAM', true, {}]);
  expect((await capture({ screen: true }, signal)).requests).toEqual({});
});

it.each([
  [undefined, [false, false]],
  [false, [false, false]],
  [true, [true, true]],
  [{ audio: true }, [true, false]],
  [{ video: true, audio: false }, [false, true]],
] as const)('%j starts audio and video muted as it says', (muted, expected) => {
  expect((['audio', 'video'] as const).map((kind) => startsMuted(muted, kind))).toEqual(expected);
});

const openAny = async (kind: 'audio' | 'video') => ({ mediaStream: aMediaStream(kind) });

describe('opening one by one', () => {
  const notFound = Object.assign(new Error('none'), { code: 'ERR_DEVICE_NOT_FOUND' });

  it('rejects with what is not about a missing device, and opens nothing', async () => {
    const denied = Object.assign(new Error('no'), { code: 'ERR_DEVICE_DENIED' });
    const open = vi.fn<() => Promise<never>>();
    for (const error of [denied, new Error('odd'), undefined]) {
      await expect(openOneByOne(error, open, signal)).rejects.toBe(error);
    }
    expect(open).not.toHaveBeenCalled();
  });

  it('opens nothing more, and keeps nothing open, once it is aborted', async () => {
    useFakeBrowser();
    const abort = new AbortController();
    const opened = aMediaStream('audio');
    const open = vi.fn<() => Promise<{ mediaStream: MediaStream }>>(async () => {
      abort.abort();
      return { mediaStream: opened };
    });
    await expect(openOneByOne(notFound, open, abort.signal)).rejects.toThrow('abort');
    expect(open).toHaveBeenCalledOnce();
    expect(fakeTracks(opened).map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  it('leaves the devices open when its signal aborts later', async () => {
    useFakeBrowser();
    const abort = new AbortController();
    const { mediaStream, missing } = await openOneByOne(notFound, openAny, abort.signal);
    abort.abort();
    expect(fakeTracks(mediaStream).map(({ kind, readyState }) => `${kind} ${readyState}`)).toEqual([
      'audio live',
      'video live',
    ]);
    expect(missing).toEqual({});
  });
});

describe('a refusal', () => {
  const refused = new DOMException('The request is not allowed.', 'NotAllowedError');
  const codeOf = async (kind: Parameters<typeof permissionError>[0], cause: unknown = refused) =>
    (await permissionError(kind, cause)).code;

  it.each([
    ['microphone', 'microphone', true],
    ['camera', 'microphone', false],
    ['camera and microphone', 'microphone', true],
    ['camera and microphone', 'camera', true],
    ['screen', 'display-capture', true],
  ] as const)(
    'of a %s is one by policy if the policy forbids %s: %s',
    async (kind, forbidden, isByPolicy) => {
      vi.stubGlobal('navigator', {});
      vi.stubGlobal('document', { featurePolicy: { allowsFeature: (name: string) => name !== forbidden } });
      expect((await codeOf(kind)) === 'ERR_DEVICE_BLOCKED_BY_POLICY').toBe(isByPolicy);
    },
  );

  it('of a screen is a cancelled dialog, but not when the page may not ask at all', async () => {
    vi.stubGlobal('navigator', {});
    expect(await codeOf('screen')).toBe('ERR_SCREEN_SHARE_CANCELLED');
    expect(await codeOf('screen', new DOMException('no', 'SecurityError'))).toBe('ERR_DEVICE_DENIED');
    expect(await codeOf('screen', new DOMException('none', 'AbortError'))).toBe(
      'ERR_SCREEN_SHARE_UNAVAILABLE',
    );
    expect(await codeOf('camera', new DOMException('denied by system', 'NotAllowedError'))).toBe(
      'ERR_DEVICE_DENIED',
    );
  });
});
