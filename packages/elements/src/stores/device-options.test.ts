import type { Device, DeviceIntent, Devices } from '@parley-rtc/sdk';
import { describe, expect, it } from 'vitest';
import { chooseDevice, deviceOptionsOf } from './device-options.ts';

function devicesWith(connected: readonly Partial<Device>[], intent: DeviceIntent, used?: string): Devices {
  return {
    getSnapshot: () =>
      connected.map((device) => ({ kind: 'camera', isDefault: false, label: '', ...device })),
    intent: () => intent,
    choice: () => ({ device: used === undefined ? undefined : { label: used }, reason: 'chosen' }),
  } as unknown as Devices;
}

const system: DeviceIntent = { mode: 'follow-system' };

describe('the options of a device menu', () => {
  it('are the names of the connected devices of a kind, each once, and the name of the default', () => {
    const connected = [
      { label: 'Front', isDefault: true },
      { label: 'USB' },
      { label: 'USB' },
      { label: 'Headset', kind: 'microphone' as const },
    ];
    expect(deviceOptionsOf(devicesWith(connected, system), 'camera')).toMatchObject({
      labels: ['Front', 'USB'],
      defaultLabel: 'Front',
      chosen: '',
      replacedBy: undefined,
      isAvailable: true,
    });
  });

  it('keep a chosen device that is not connected, and say what is used meanwhile', () => {
    const chosen: DeviceIntent = { mode: 'manual', label: 'USB' };
    expect(deviceOptionsOf(devicesWith([{ label: 'Front' }], chosen, 'Front'), 'camera')).toMatchObject({
      labels: ['Front', 'USB'],
      chosen: 'USB',
      replacedBy: 'Front',
    });
  });

  it('are available before the browser says their names, and not without any device', () => {
    expect(deviceOptionsOf(devicesWith([{}], system), 'camera')).toMatchObject({
      labels: [],
      isAvailable: true,
    });
    expect(deviceOptionsOf(devicesWith([], system), 'camera')).toMatchObject({ isAvailable: false });
  });

  it('are chosen by name, and the system by none', () => {
    const intents: unknown[] = [];
    const devices = { setIntent: (...intent: unknown[]) => intents.push(intent) } as unknown as Devices;
    chooseDevice(devices, 'camera', 'USB');
    chooseDevice(devices, 'speaker', '');
    expect(intents).toEqual([
      ['camera', { mode: 'manual', label: 'USB' }],
      ['speaker', { mode: 'follow-system' }],
    ]);
  });
});
