import { atBoundary } from '@parley-rtc/client';
import { mediaDevices } from './media-devices.ts';

export const deviceKinds = ['camera', 'microphone', 'speaker'] as const;

export type DeviceKind = (typeof deviceKinds)[number];

/** A camera, microphone or speaker. */
export interface Device {
  readonly kind: DeviceKind;
  /** The browser's id. It differs between sites and changes when the user clears a site's data. */
  readonly id: string;
  /** The human-readable name; empty until the user has allowed a device of its kind. */
  readonly label: string;
  /** Equal for devices in one unit, such as a headset. */
  readonly groupId: string;
  /** Whether it is the system's default. */
  readonly isDefault: boolean;
}

const kindOf: Readonly<Record<MediaDeviceKind, DeviceKind>> = {
  videoinput: 'camera',
  audioinput: 'microphone',
  audiooutput: 'speaker',
};

/**
 * Lists all available devices. Omits Chromium's entries "default" and "communications", which only refer to a device.
 *
 * @throws InsecureOriginError (`ERR_INSECURE_ORIGIN`), UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`).
 */
export function listDevices(): Promise<readonly Device[]> {
  return atBoundary('listDevices', readDevices);
}

async function readDevices(): Promise<readonly Device[]> {
  const found = await mediaDevices().enumerateDevices();
  const real = found.filter(isReal);
  return real.map(({ kind, deviceId, label, groupId }) => {
    const marked = found.find((one) => one.kind === kind && one.deviceId === 'default');
    const first = real.find((one) => one.kind === kind);
    // The label is "Default - Headset" in the user's language; the device name comes last.
    const byName = real.find((one) => one.kind === kind && one.label && marked?.label.endsWith(one.label));
    const usual = byName ?? real.find((one) => one.kind === kind && one.groupId === marked?.groupId) ?? first;
    return { kind: kindOf[kind], id: deviceId, label, groupId, isDefault: deviceId === usual?.deviceId };
  });
}

function isReal({ deviceId }: MediaDeviceInfo): boolean {
  return deviceId !== 'default' && deviceId !== 'communications';
}
