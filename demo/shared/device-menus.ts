import type { Device, DeviceKind, Devices } from '@parley-rtc/sdk';
import { messageOf } from './message-of.ts';
import type { Sdk } from './sdk.ts';
import { createStore, type Store } from './store.ts';

/** A menu of microphones, cameras or speakers. */
export interface DeviceMenu {
  readonly kind: DeviceKind;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  /** The chosen option: a device's label, or '' for the system default. */
  readonly value: string;
  /** A hint for the user; usually ''. */
  readonly note: string;
}

export interface DeviceMenus extends Store<{
  readonly menus: readonly DeviceMenu[];
  readonly problem: string;
}> {
  /** The SDK's devices. Rejects if the page cannot use devices. */
  readonly devices: Promise<Devices>;
  /** Chooses an option. The choice is remembered, and open streams switch to it. */
  readonly choose: (kind: DeviceKind, value: string) => Promise<void>;
}

const labels: Readonly<Record<DeviceKind, string>> = {
  microphone: 'Microphone',
  camera: 'Camera',
  speaker: 'Speaker',
};
const kinds = ['microphone', 'camera', 'speaker'] as const;

/** Menus of the connected devices, kept up to date. Created once per page. */
export function createDeviceMenus({ createDevices }: Sdk): DeviceMenus {
  const store = createStore<{ menus: readonly DeviceMenu[]; problem: string }>({
    menus: kinds.map((kind) => menuOf(kind, [], '', undefined)),
    problem: '',
  });
  const fail = (error: unknown) => store.set({ problem: messageOf(error) });
  const devices = createDevices({ onError: fail });
  const follow = async () => {
    const all = await devices;
    const show = () => store.set({ menus: kinds.map((kind) => readMenu(all, kind)), problem: '' });
    show();
    all.subscribe(show);
  };
  follow().catch(fail);
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    devices,
    async choose(kind, value) {
      const intent =
        value === '' ? { mode: 'follow-system' as const } : { mode: 'manual' as const, label: value };
      (await devices).setIntent(kind, intent);
    },
  };
}

function readMenu(devices: Devices, kind: DeviceKind): DeviceMenu {
  const intent = devices.intent(kind);
  const chosenLabel = intent.mode === 'manual' ? intent.label : '';
  const ofKind = devices.getSnapshot().filter((device) => device.kind === kind);
  return menuOf(kind, ofKind, chosenLabel, devices.choice(kind).device);
}

function menuOf(
  kind: DeviceKind,
  devices: readonly Device[],
  chosenLabel: string,
  used: Device | undefined,
): DeviceMenu {
  const usual = devices.find(({ label, isDefault }) => isDefault && label !== '');
  // Two devices of the same model share a label, and choices are remembered by label.
  const named = new Set(devices.map(({ label }) => label).filter((label) => label !== ''));
  const isMissing = chosenLabel !== '' && !named.has(chosenLabel);
  return {
    kind,
    label: labels[kind],
    options: [
      { value: '', text: usual ? `System default (${usual.label})` : 'System default' },
      ...Array.from(named, (label) => ({ value: label, text: label })),
      ...(isMissing ? [{ value: chosenLabel, text: `${chosenLabel} (not connected)` }] : []),
    ],
    value: chosenLabel,
    note: isMissing && used?.label ? `Not connected. Using ${used.label} until it’s back.` : '',
  };
}
