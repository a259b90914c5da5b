import type { Device, DeviceKind, Devices } from '@parley-rtc/sdk';

/** What a user can choose of one kind of device. */
export interface DeviceOptions {
  readonly kind: DeviceKind;
  /** The names of the connected devices. Devices of the same model share a name and cannot be told apart. */
  readonly labels: readonly string[];
  /** The name of the device that the system uses; undefined if the browser does not say. */
  readonly defaultLabel: string | undefined;
  /** The name of the chosen device, also while it is not connected; '' for the system's default. */
  readonly chosen: string;
  /** The device that is used instead of the chosen one, which is not connected; undefined if nothing is missing. */
  readonly replacedBy: string | undefined;
  /** Whether anything of this kind is connected, named or not. */
  readonly isAvailable: boolean;
}

/** Returns what a user can choose of one kind. Choices are remembered by name, because ids change. */
export function deviceOptionsOf(devices: Devices, kind: DeviceKind): DeviceOptions {
  const intent = devices.intent(kind);
  const chosen = intent.mode === 'manual' ? intent.label : '';
  const ofKind = devices.getSnapshot().filter((device: Device) => device.kind === kind);
  const labels = Array.from(new Set(ofKind.map(({ label }) => label).filter((label) => label !== '')));
  const isMissing = chosen !== '' && !labels.includes(chosen);
  const used = devices.choice(kind).device?.label;
  return {
    kind,
    labels: isMissing ? [...labels, chosen] : labels,
    defaultLabel: ofKind.find(({ label, isDefault }) => isDefault && label !== '')?.label,
    chosen,
    replacedBy: isMissing && used ? used : undefined,
    isAvailable: ofKind.length > 0,
  };
}

/** Chooses a device by its name; '' follows the system. The choice is remembered, and open streams switch to it. */
export function chooseDevice(devices: Devices, kind: DeviceKind, label: string): void {
  devices.setIntent(kind, label === '' ? { mode: 'follow-system' } : { mode: 'manual', label });
}
