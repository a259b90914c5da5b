import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PublishedStream, SwitchOptions } from '../media/published-stream.ts';
import { FakeDeviceList } from '../testing/fake-devices.ts';
import { aTrack, FakeMediaStream, type FakeTrack } from '../testing/fake-media.ts';
import { createDevices, type DeviceChange } from './create-devices.ts';
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

test('lists real devices, and marks the one that the system takes', async () => {
  list.plug('audioinput default Default - Headset', builtIn, headset, desk);
  using devices = await createDevices({ storage });
  expect(devices.getSnapshot().map(({ kind, id, isDefault }) => [kind, id, isDefault])).toEqual([
    ['microphone', 'm1', false],
    ['microphone', 'm2', true],
    ['camera', 'c1', true],
  ]);
  expect(devices.microphone()).toEqual({ deviceId: { exact: 'm2' } });
});

describe('an intent', () => {
  test('outlives unplugging, and tells why it switched', async () => {
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

  test('that follows the system switches with its default', async () => {
    list.plug('audioinput default Default - Built-in', builtIn, headset);
    using devices = await createDevices({ storage });
    const heard: unknown[] = [];
    devices.subscribe((changes) => void heard.push(...brief(changes)));
    list.plug('audioinput default Default - Headset', builtIn, headset);
    await settle();
    expect(heard).toEqual([['microphone', 'Built-in', 'Headset', 'system-default', 'system-default']]);
  });

  test('takes the first of a ranking that is there', async () => {
    list.plug(builtIn, headset);
    using devices = await createDevices({ storage });
    devices.setIntent('microphone', { mode: 'ranked', labels: ['Studio', 'Headset', 'Built-in'] });
    expect(devices.choice('microphone')).toMatchObject({ device: { id: 'm2' }, reason: 'ranked' });
    expect(devices.choice('speaker')).toEqual({ device: undefined, reason: 'none-there' });
  });

  test('is there again after a reload, under another id', async () => {
    (await createDevices({ storage })).setIntent('microphone', { mode: 'manual', label: 'Headset' });
    list.plug(builtIn, 'audioinput x9 Headset');
    using devices = await createDevices({ storage });
    expect(devices.microphone()).toEqual({ deviceId: { exact: 'x9' } });
  });

  test('needs no storage', async () => {
    using devices = await createDevices({ storage: { getItem: refuse, setItem: refuse } });
    devices.setIntent('camera', { mode: 'manual', label: 'Desk' });
    expect(devices.choice('camera').reason).toBe('chosen');
  });

  test.each([null, '', '{', 'null', '{"mode":"manual"}', '{"mode":"ranked","labels":[1]}', '[]'])(
    'is not made of %j',
    (stored) => {
      expect(parseIntent(stored)).toBeUndefined();
    },
  );
});

test('a stream that is followed is switched, until it is not', async () => {
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

test('sound goes to the speaker that fits; a browser without a choice says so', async () => {
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

test('nothing is heard after disposal', async () => {
  const devices = await createDevices({ storage });
  const listener = vi.fn<() => void>();
  devices.subscribe(listener);
  devices[Symbol.dispose]();
  list.plug(builtIn, headset);
  await settle();
  expect(listener).not.toHaveBeenCalled();
});
