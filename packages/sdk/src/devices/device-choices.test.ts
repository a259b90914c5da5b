import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeDeviceList } from '../../../testing/src/browser/fake-devices.ts';
import { Listeners } from '../waiting/listeners.ts';
import { deviceChoices, type DeviceChange } from './device-choices.ts';
import { chooseDevice, parseIntent } from './device-intent.ts';
import { listDevices } from './device.ts';
import { pageStorage, storedIntents } from './stored-intents.ts';

let list: FakeDeviceList;

beforeEach(() => {
  list = new FakeDeviceList();
  vi.stubGlobal('navigator', { mediaDevices: list });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The devices of the list, as `kind id`, with a star for the default. */
const listed = async () =>
  (await listDevices()).map(({ kind, id, isDefault }) => `${kind} ${id}${isDefault ? '*' : ''}`);

describe('the list', () => {
  it('names the kinds, and leaves out entries that only refer to a device', async () => {
    list.plug(
      'videoinput c Desk',
      'audioinput default x',
      'audioinput m Mic',
      'audiooutput communications y',
      'audiooutput s Out',
    );
    expect(await listed()).toEqual(['camera c*', 'microphone m*', 'speaker s*']);
  });

  it('takes the first device of each kind for the default where the browser marks none', async () => {
    list.plug('audioinput m1 A', 'audioinput m2 B', 'videoinput c1 C', 'videoinput c2 D');
    expect(await listed()).toEqual(['microphone m1*', 'microphone m2', 'camera c1*', 'camera c2']);
  });

  it('takes the device by the name in the marked entry, of the same kind, for the default', async () => {
    list.plug(
      'audioinput default Standard - Headset',
      'audiooutput s Headset',
      'audioinput m1 Built-in',
      'audioinput m2 Headset',
    );
    expect(await listed()).toEqual(['speaker s*', 'microphone m1', 'microphone m2*']);
  });

  it('takes the device of the same unit for the default while the browser hides the names', async () => {
    list.plug('audioinput default', 'audioinput m1', 'audioinput m2');
    const read = await list.enumerateDevices();
    list.enumerateDevices = async () =>
      read.map((device) => Object.assign(device, { groupId: device.deviceId === 'm1' ? 'other' : 'unit' }));
    expect(await listed()).toEqual(['microphone m1', 'microphone m2*']);
  });
});

const device = (label: string, isDefault = false) =>
  ({ kind: 'microphone', id: `id of ${label}`, label, groupId: '', isDefault }) as const;

describe('choosing', () => {
  const [one, two] = [device('one'), device('two', true)];

  it('follows the system, or takes the first device if the system has no default', () => {
    expect(chooseDevice([one, two], { mode: 'follow-system' })).toEqual({
      device: two,
      reason: 'system-default',
    });
    expect(chooseDevice([one], { mode: 'follow-system' })).toEqual({ device: one, reason: 'system-default' });
    expect(chooseDevice([], { mode: 'manual', label: 'one' })).toEqual({
      device: undefined,
      reason: 'none-there',
    });
  });

  it('takes the device of the intent, and falls back to the default', () => {
    expect(chooseDevice([one, two], { mode: 'manual', label: 'one' })).toEqual({
      device: one,
      reason: 'chosen',
    });
    expect(chooseDevice([one, two], { mode: 'manual', label: 'three' })).toEqual({
      device: two,
      reason: 'fallback',
    });
    const ranked = { mode: 'ranked', labels: ['three', 'one', 'two'] } as const;
    expect(chooseDevice([two, one], ranked)).toEqual({ device: one, reason: 'ranked' });
  });

  it('does not take a device without a name for one without a name', () => {
    expect(chooseDevice([device(''), two], { mode: 'manual', label: '' })).toEqual({
      device: two,
      reason: 'fallback',
    });
  });

  it.each([
    { mode: 'follow-system' },
    { mode: 'manual', label: 'Desk' },
    { mode: 'ranked', labels: ['a', 'b'] },
  ] as const)('reads the stored intent %j', (intent) => {
    expect(parseIntent(JSON.stringify(intent))).toEqual(intent);
  });

  it.each([
    '{"mode":"manual","label":1}',
    '{"mode":"ranked","labels":["a",1]}',
    '{"mode":"ranked","labels":"a"}',
    '{"label":"a"}',
  ])('does not read %s', (stored) => {
    expect(parseIntent(stored)).toBeUndefined();
  });
});

describe('stored intents', () => {
  it('are kept under their kind, and read again', () => {
    const stored = new Map<string, string>();
    const storage = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
    };
    const intent = { mode: 'manual', label: 'Desk' } as const;
    const intents = storedIntents(storage, 'app');
    expect(intents.get('camera')).toEqual({ mode: 'follow-system' });
    intents.set('camera', intent);
    expect(intents.get('camera')).toEqual(intent);
    expect([...stored]).toEqual([['app/device-intent/camera', JSON.stringify(intent)]]);
    expect(storedIntents(storage, 'app').get('camera')).toEqual(intent);
    expect(storedIntents(storage, 'other').get('camera')).toEqual({ mode: 'follow-system' });
  });

  it('last for this visit without storage', () => {
    const intents = storedIntents(null, 'app');
    intents.set('speaker', { mode: 'manual', label: 'Desk' });
    expect(intents.get('speaker')).toEqual({ mode: 'manual', label: 'Desk' });
  });

  it('are kept in `localStorage`, unless even reading that throws', () => {
    const localStorage = {};
    vi.stubGlobal('localStorage', localStorage);
    expect(pageStorage()).toBe(localStorage);
    vi.unstubAllGlobals();
    const known = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('no', 'SecurityError');
      },
    });
    expect(pageStorage()).toBeUndefined();
    if (known) Object.defineProperty(globalThis, 'localStorage', known);
    else Reflect.deleteProperty(globalThis, 'localStorage');
  });
});

/** Choices of which every change is recorded. */
async function watched(...devices: readonly string[]) {
  list.plug(...devices);
  const heard: (readonly DeviceChange[])[] = [];
  const listeners = new Listeners<readonly DeviceChange[]>(() => {});
  listeners.add((changes) => heard.push(changes));
  const choices = deviceChoices(await listDevices(), storedIntents(null, 'app'), listeners);
  const plug = async (...next: readonly string[]) => {
    list.plug(...next);
    await choices.refresh();
    return heard.at(-1)?.map(({ kind, cause, reason }) => `${kind} ${cause} ${reason}`);
  };
  return { heard, choices, plug };
}

describe('a change', () => {
  const [a, b] = ['audioinput a A', 'audioinput b B'];

  it('has its cause', async () => {
    const { plug } = await watched();
    expect(await plug(a)).toEqual(['microphone plugged-in system-default']);
    expect(await plug('audioinput default x - B', a, b)).toEqual(['microphone plugged-in system-default']);
    expect(await plug('audioinput default x - A', a, b)).toEqual([
      'microphone system-default system-default',
    ]);
    expect(await plug(b)).toEqual(['microphone unplugged system-default']);
    expect(await plug()).toEqual(['microphone unplugged none-there']);
  });

  it('of the list that changes no choice is announced without a switch', async () => {
    const { plug, choices, heard } = await watched(a);
    const before = choices.getSnapshot();
    expect(await plug(a, b)).toEqual([]);
    expect(choices.getSnapshot()).not.toBe(before);
    const after = choices.getSnapshot();
    await plug(a, b);
    expect(choices.getSnapshot()).toBe(after);
    expect(heard).toHaveLength(1);
  });

  it('of the id or only of the name of a device is a switch', async () => {
    const { plug, heard } = await watched('audioinput a');
    expect(await plug('audioinput a A')).toHaveLength(1);
    expect(await plug('audioinput b A')).toHaveLength(1);
    expect(heard.at(-1)).toMatchObject([{ from: { id: 'a' }, to: { id: 'b' } }]);
  });

  it('of an intent switches only its kind', async () => {
    const { choices, heard } = await watched(a, b, 'videoinput c C', 'videoinput d D');
    choices.setIntent('microphone', { mode: 'manual', label: 'B' });
    expect(heard).toMatchObject([
      [{ kind: 'microphone', cause: 'intent', reason: 'chosen', to: { id: 'b' } }],
    ]);
    expect(choices.intent('microphone')).toEqual({ mode: 'manual', label: 'B' });
    choices.setIntent('camera', { mode: 'manual', label: 'C' });
    expect(heard.at(-1)).toEqual([]);
  });
});
