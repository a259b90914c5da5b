import type { Device, DeviceIntent, DeviceKind, Devices } from '@parley-rtc/sdk';
import { describe, expect, it } from 'vitest';
import { chooseDevice, deviceOptionsOf } from './device-options.ts';

function device(label: string, change: Partial<Device> = {}): Device {
  return { kind: 'microphone', id: `id of ${label}`, label, groupId: '', isDefault: false, ...change };
}

/** Devices of a page, as far as options need them. */
function devicesWith(all: readonly Device[], chosen = ''): Devices & { readonly intents: object } {
  const intents: Record<string, DeviceIntent> = {};
  const intent: DeviceIntent = chosen === '' ? { mode: 'follow-system' } : { mode: 'manual', label: chosen };
  const devices = {
    intents,
    getSnapshot: () => all,
    intent: () => intent,
    setIntent: (kind: DeviceKind, next: DeviceIntent) => void (intents[kind] = next),
    choice: (kind: DeviceKind) => ({ device: all.find((one) => one.kind === kind), reason: 'fallback' }),
  };
  return devices as unknown as Devices & { readonly intents: object };
}

describe('device options', () => {
  it('lists the devices of one kind, and names the default', () => {
    const all = [device('Headset'), device('Desk', { isDefault: true }), device('Lens', { kind: 'camera' })];
    expect(deviceOptionsOf(devicesWith(all), 'microphone')).toEqual({
      kind: 'microphone',
      labels: ['Headset', 'Desk'],
      defaultLabel: 'Desk',
      chosen: '',
      replacedBy: undefined,
      isAvailable: true,
    });
  });

  it('lists devices of the same model once, and hidden names not at all', () => {
    const all = [device('Twin'), device('Twin'), device('', { isDefault: true })];
    const { labels, defaultLabel } = deviceOptionsOf(devicesWith(all), 'microphone');
    expect([labels, defaultLabel]).toEqual([['Twin'], undefined]);
  });

  it('keeps a chosen device that is not connected, with what replaces it', () => {
    const { labels, chosen, replacedBy } = deviceOptionsOf(
      devicesWith([device('Desk')], 'Headset'),
      'microphone',
    );
    expect([labels, chosen, replacedBy]).toEqual([['Desk', 'Headset'], 'Headset', 'Desk']);
  });

  it('replaces no device that is connected', () => {
    const { labels, replacedBy } = deviceOptionsOf(devicesWith([device('Desk')], 'Desk'), 'microphone');
    expect([labels, replacedBy]).toEqual([['Desk'], undefined]);
  });

  it('reports a kind without devices', () => {
    expect(deviceOptionsOf(devicesWith([device('Desk')]), 'camera').isAvailable).toBe(false);
  });

  it('remembers a choice by name, and follows the system without one', () => {
    const devices = devicesWith([]);
    chooseDevice(devices, 'camera', 'Lens');
    chooseDevice(devices, 'speaker', '');
    expect(devices.intents).toEqual({
      camera: { mode: 'manual', label: 'Lens' },
      speaker: { mode: 'follow-system' },
    });
  });
});
