import { setLogLevel, setLogSink, type LogRecord, type ParleyError } from '@parley-rtc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeDeviceList } from '../../../testing/src/browser/fake-devices.ts';
import { aTrack, FakeMediaStream, type FakeTrack } from '../../../testing/src/browser/fake-media.ts';
import type { PublishedStream, SwitchOptions } from '../publishing/published-stream.ts';
import { collectUncaught } from '../testing/collect-uncaught.ts';
import { Deferred } from '../testing/deferred.ts';
import { createDevices, type DevicesOptions } from './create-devices.ts';
import type { DeviceChange } from './device-choices.ts';
import { parseIntent } from './device-intent.ts';

const builtIn = 'audioinput m1 Built-in';
const headset = 'audioinput m2 Headset';
const desk = 'videoinput c1 Desk';

let list: FakeDeviceList;
let storage: Map<string, string> & Pick<Storage, 'getItem' | 'setItem'>;
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  list = new FakeDeviceList();
  list.plug(builtIn, desk);
  vi.stubGlobal('navigator', { mediaDevices: list });
  const map = new Map<string, string>();
  storage = Object.assign(map, {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function refuse(): never {
  throw new DOMException('no', 'SecurityError');
}

const brief = (changes: readonly DeviceChange[]) =>
  changes.map(({ kind, from, to, cause, reason }) => [kind, from?.label, to?.label, cause, reason]);

it('lists real devices, and marks the system default', async () => {
  list.plug('audioinput default Default - Headset', builtIn, headset, desk);
  using devices = await createDevices({ storage });
  expect(devices.getSnapshot().map(({ kind, id, isDefault }) => [kind, id, isDefault])).toEqual([
    ['microphone', 'm1', false],
    ['microphone', 'm2', true],
    ['camera', 'c1', true],
  ]);
  expect(devices.microphone()).toEqual({ deviceId: { exact: 'm2' } });
});

it('requests any device while the browser hides which ones there are', async () => {
  list.plug('videoinput ');
  using devices = await createDevices({ storage });
  expect(devices.camera()).toBe(true);
  expect(devices.microphone()).toBe(true);
});

describe('an intent', () => {
  it('survives unplugging, and reports why it switched', async () => {
    using devices = await createDevices({ storage });
    const heard: unknown[] = [];
    devices.subscribe((changes) => void heard.push(...brief(changes)));
    devices.setIntent('microphone', { mode: 'manual', label: 'Headset' });
    expect(devices.choice('microphone')).toMatchObject({ device: { id: 'm1' }, reason: 'fallback' });
    list.plug(builtIn, headset, desk);
    await settle();
    list.plug(builtIn, desk);
    await settle();
    expect(heard).toEqual([
      ['microphone', 'Built-in', 'Headset', 'plugged-in', 'chosen'],
      ['microphone', 'Headset', 'Built-in', 'unplugged', 'fallback'],
    ]);
  });

  it('is logged with what it switched and why, without the names of devices', async () => {
    const records: LogRecord[] = [];
    setLogSink((record) => void records.push(record));
    setLogLevel('info');
    using devices = await createDevices({ storage });
    list.plug(builtIn, headset, desk);
    await settle();
    devices.setIntent('microphone', { mode: 'manual', label: 'Headset' });
    setLogLevel('silent');
    setLogSink(undefined);
    await settle();
    expect(records.map(({ message, fields }) => [message, fields])).toEqual([
      ['device changed', { kind: 'microphone', cause: 'intent', reason: 'chosen' }],
    ]);
  });

  it('that follows the system switches when its default does', async () => {
    list.plug('audioinput default Default - Built-in', builtIn, headset);
    using devices = await createDevices({ storage });
    const heard: unknown[] = [];
    devices.subscribe((changes) => void heard.push(...brief(changes)));
    list.plug('audioinput default Default - Headset', builtIn, headset);
    await settle();
    expect(heard).toEqual([['microphone', 'Built-in', 'Headset', 'system-default', 'system-default']]);
  });

  it('takes the first device of a ranking that is present', async () => {
    list.plug(builtIn, headset);
    using devices = await createDevices({ storage });
    devices.setIntent('microphone', { mode: 'ranked', labels: ['Studio', 'Headset', 'Built-in'] });
    expect(devices.choice('microphone')).toMatchObject({ device: { id: 'm2' }, reason: 'ranked' });
    expect(devices.choice('speaker')).toEqual({ device: undefined, reason: 'none-there' });
  });

  it('finds its device after a reload, under another id', async () => {
    (await createDevices({ storage })).setIntent('microphone', { mode: 'manual', label: 'Headset' });
    list.plug(builtIn, 'audioinput x9 Headset');
    using devices = await createDevices({ storage });
    expect(devices.microphone()).toEqual({ deviceId: { exact: 'x9' } });
  });

  it('works without storage', async () => {
    using devices = await createDevices({ storage: { getItem: refuse, setItem: refuse } });
    devices.setIntent('camera', { mode: 'manual', label: 'Desk' });
    expect(devices.choice('camera').reason).toBe('chosen');
  });

  it.each([null, '', '{', 'null', '{"mode":"manual"}', '{"mode":"ranked","labels":[1]}', '[]'])(
    'is not read from %j',
    (stored) => {
      expect(parseIntent(stored)).toBeUndefined();
    },
  );
});

it('switches a stream that it follows, until it stops following', async () => {
  const tracks = [aTrack('audio', { deviceId: 'm1' })] as unknown as FakeTrack[];
  const switchTo = vi.fn<(options: SwitchOptions) => Promise<void>>(async () => {});
  const stream = {
    mediaStream: new FakeMediaStream(tracks),
    connectionState: 'connected',
    switchTo,
  } as unknown as PublishedStream;
  list.plug(builtIn, headset);
  using devices = await createDevices({ storage });
  const unfollow = devices.follow(stream);
  await settle();
  expect(switchTo).not.toHaveBeenCalled();
  devices.setIntent('microphone', { mode: 'manual', label: 'Headset' });
  expect(switchTo.mock.calls).toEqual([[{ microphone: devices.microphone }]]);
  unfollow();
  devices.setIntent('microphone', { mode: 'follow-system' });
  devices.setIntent('microphone', { mode: 'manual', label: 'Headset' });
  expect(switchTo).toHaveBeenCalledOnce();
});

it('judges a stream by the device that it captures, and only the kind that was chosen', async () => {
  // What a processor returns has an id of its own.
  const tracks = [aTrack('audio', { deviceId: 'p1' }), aTrack('video', { deviceId: 'p2' })];
  const captured = { audio: 'm1', video: 'c1' };
  const switchTo = vi.fn<(options: SwitchOptions) => Promise<void>>(async () => {});
  const stream = {
    mediaStream: new FakeMediaStream(tracks as unknown as FakeTrack[]),
    connectionState: 'connected',
    deviceIdOf: (kind: 'audio' | 'video') => captured[kind],
    switchTo,
  } as unknown as PublishedStream;
  list.plug(builtIn, headset, desk);
  using devices = await createDevices({ storage });
  devices.follow(stream);
  await settle();
  expect(switchTo).not.toHaveBeenCalled();
  captured.video = 'gone';
  devices.setIntent('microphone', { mode: 'manual', label: 'Headset' });
  expect(switchTo.mock.calls).toEqual([[{ microphone: devices.microphone }]]);
});

it('plays an element on the speaker that fits, and rejects when the browser offers no choice', async () => {
  list.plug('audiooutput s1 Built-in', 'audiooutput s2 Headset');
  using devices = await createDevices({ storage });
  const setSinkId = vi.fn<(id: string) => Promise<void>>(async () => {});
  const stop = await devices.playOnSpeaker({ setSinkId } as unknown as HTMLMediaElement);
  devices.setIntent('speaker', { mode: 'manual', label: 'Headset' });
  stop();
  devices.setIntent('speaker', { mode: 'follow-system' });
  expect(setSinkId.mock.calls).toEqual([['s1'], ['s2']]);
  await expect(devices.playOnSpeaker({} as HTMLMediaElement)).rejects.toMatchObject({
    code: 'ERR_UNSUPPORTED_BROWSER',
  });
});

it('switches no stream that it followed when the list was still being read', async () => {
  const switchTo = vi.fn<(options: SwitchOptions) => Promise<void>>(async () => {});
  using devices = await createDevices({ storage });
  const stream = {
    mediaStream: new FakeMediaStream([aTrack('audio', { deviceId: 'other' })] as unknown as FakeTrack[]),
    connectionState: 'connected',
    switchTo,
  } as unknown as PublishedStream;
  devices.follow(stream)();
  await settle();
  expect(switchTo).not.toHaveBeenCalled();
});

it('keeps the newest list when an older one is read later', async () => {
  using devices = await createDevices({ storage });
  const slow = new Deferred<void>();
  const read = list.enumerateDevices.bind(list);
  list.enumerateDevices = async () => {
    const found = await read();
    await slow.promise;
    return found;
  };
  list.plug(builtIn, headset);
  list.enumerateDevices = read;
  list.plug(desk);
  await settle();
  slow.resolve();
  await settle();
  expect(devices.getSnapshot().map(({ id }) => id)).toEqual(['c1']);
});

const gone = () => Promise.reject(new DOMException('gone', 'NotFoundError'));

describe('an element on the speaker that fits', () => {
  const speakers = ['audiooutput s1 Built-in', 'audiooutput s2 Headset'];

  it('follows a choice that is made while it moves to the first', async () => {
    list.plug(...speakers);
    using devices = await createDevices({ storage });
    const moving = new Deferred<void>();
    const setSinkId = vi.fn<(id: string) => Promise<void>>(() => moving.promise);
    const playing = devices.playOnSpeaker({ setSinkId } as unknown as HTMLMediaElement);
    devices.setIntent('speaker', { mode: 'manual', label: 'Headset' });
    moving.resolve();
    const stop = await playing;
    expect(setSinkId.mock.calls.at(-1)).toEqual(['s2']);
    stop();
  });

  it('reports a speaker that the browser refuses as a ParleyError', async () => {
    list.plug(...speakers);
    const onError = vi.fn<(error: ParleyError) => void>();
    using devices = await createDevices({ storage, onError });
    const refusing = { setSinkId: gone } as unknown as HTMLMediaElement;
    await expect(devices.playOnSpeaker(refusing)).rejects.toMatchObject({ code: 'ERR_AUDIO_OUTPUT' });
    devices.setIntent('speaker', { mode: 'manual', label: 'Headset' });
    await settle();
    expect(onError).not.toHaveBeenCalled();
    const setSinkId = vi.fn<(id: string) => Promise<void>>(async (id) => (id === 's1' ? gone() : undefined));
    await devices.playOnSpeaker({ setSinkId } as unknown as HTMLMediaElement);
    devices.setIntent('speaker', { mode: 'follow-system' });
    await settle();
    expect(onError.mock.calls).toMatchObject([[{ code: 'ERR_AUDIO_OUTPUT', deviceId: 's1' }]]);
  });
});

describe('a subscriber that fails', () => {
  const bug = new Error('a bug of the app');

  /** Creates devices with one subscriber that fails and one that counts its calls. */
  async function withFailingSubscriber(onError?: DevicesOptions['onError'], fail: () => unknown = failing) {
    const devices = await createDevices({ storage, ...(onError && { onError }) });
    const other = vi.fn<() => void>();
    devices.subscribe(fail);
    devices.subscribe(other);
    return { devices, other };
  }

  function failing(): void {
    throw bug;
  }

  it('neither silences other subscribers nor breaks setIntent, and its error reaches onError', async () => {
    const onError = vi.fn<(error: ParleyError) => void>();
    const { devices, other } = await withFailingSubscriber(onError);
    devices.setIntent('camera', { mode: 'manual', label: 'Desk' });
    expect(devices.choice('camera').reason).toBe('chosen');
    expect(other).toHaveBeenCalledOnce();
    expect(onError.mock.calls).toMatchObject([[{ code: 'ERR_LISTENER', event: 'devices', cause: bug }]]);
  });

  it('may reject instead of throwing', async () => {
    const onError = vi.fn<(error: ParleyError) => void>();
    const { devices, other } = await withFailingSubscriber(onError, () => Promise.reject(bug));
    devices.setIntent('camera', { mode: 'follow-system' });
    await settle();
    expect(other).toHaveBeenCalledOnce();
    expect(onError.mock.calls).toMatchObject([[{ code: 'ERR_LISTENER', event: 'devices', cause: bug }]]);
  });

  it('does not prevent refresh from updating the list', async () => {
    const { devices, other } = await withFailingSubscriber(() => {});
    list.plug(builtIn, headset);
    expect((await devices.refresh()).map(({ id }) => id)).toEqual(['m1', 'm2']);
    expect(other).toHaveBeenCalledOnce();
  });

  it('causes an uncaught error without onError', async () => {
    const uncaught = collectUncaught();
    const { devices, other } = await withFailingSubscriber();
    devices.setIntent('camera', { mode: 'follow-system' });
    expect(other).toHaveBeenCalledOnce();
    await settle();
    expect(uncaught).toEqual([bug]);
  });

  it('does no more harm when onError fails too', async () => {
    const uncaught = collectUncaught();
    const second = new Error('a bug in onError');
    const { devices, other } = await withFailingSubscriber(() => {
      throw second;
    });
    devices.setIntent('camera', { mode: 'follow-system' });
    expect(other).toHaveBeenCalledOnce();
    await settle();
    expect(uncaught).toEqual([second]);
  });
});

it('calls no subscriber after disposal', async () => {
  const devices = await createDevices({ storage });
  const listener = vi.fn<() => void>();
  devices.subscribe(listener);
  devices[Symbol.dispose]();
  list.plug(builtIn, headset);
  await settle();
  expect(listener).not.toHaveBeenCalled();
});
