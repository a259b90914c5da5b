import type { Device } from '@parley-rtc/sdk';
import { expect, it } from 'vitest';
import { createDeviceMenus } from './device-menus.ts';
import type { Sdk } from './sdk.ts';

const speaker = { kind: 'speaker', groupId: '', isDefault: false } as const;

/** The options for speakers when these are connected. */
async function speakerOptions(...connected: readonly Device[]): Promise<string[] | undefined> {
  const devices = {
    getSnapshot: () => connected,
    intent: () => ({ mode: 'follow-system' }),
    choice: () => ({ device: connected[0] }),
    subscribe: () => () => {},
  };
  const { devices: ready, getSnapshot } = createDeviceMenus({
    createDevices: async () => devices,
  } as unknown as Sdk);
  await ready;
  return getSnapshot()
    .menus.find(({ kind }) => kind === 'speaker')
    ?.options.map(({ text }) => text);
}

it('offers devices by name, and the default by its name too', async () => {
  const options = await speakerOptions(
    { ...speaker, id: '1', label: 'Headset', isDefault: true },
    { ...speaker, id: '2', label: 'Screen' },
  );
  expect(options).toEqual(['System default (Headset)', 'Headset', 'Screen']);
});

it('offers two devices of the same name once', async () => {
  const options = await speakerOptions(
    { ...speaker, id: '1', label: 'Screen' },
    { ...speaker, id: '2', label: 'Screen' },
  );
  expect(options).toEqual(['System default', 'Screen']);
});

it('omits devices whose names the browser hides', async () => {
  expect(await speakerOptions({ ...speaker, id: '', label: '', isDefault: true })).toEqual([
    'System default',
  ]);
});
