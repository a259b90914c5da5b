import { mediaDevices } from './media-devices.ts';

export type DeviceKind = 'camera' | 'microphone' | 'speaker';

/** Something to see, hear or speak with. */
export interface Device {
  readonly kind: DeviceKind;
  /** The browser's id, which changes from site to site and when the user clears what the site stored. */
  readonly id: string;
  /** What the user knows it by; empty until a device of its kind was allowed once. */
  readonly label: string;
  /** The same for what is built into one thing, such as a headset. */
  readonly groupId: string;
  /** Whether the system would take it by itself. */
  readonly isDefault: boolean;
}

const kindOf: Readonly<Record<MediaDeviceKind, DeviceKind>> = {
  videoinput: 'camera',
  audioinput: 'microphone',
  audiooutput: 'speaker',
};

/**
 * All devices there are now. Chromium's entries "default" and "communications" are no devices, so they only mark one.
 *
 * @throws InsecureOriginError (`ERR_INSECURE_ORIGIN`), UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`).
 */
export async function listDevices(): Promise<readonly Device[]> {
  const found = await mediaDevices().enumerateDevices();
  const real = found.filter(isReal);
  return real.map(({ kind, deviceId, label, groupId }) => {
    const marked = found.find((one) => one.kind === kind && one.deviceId === 'default');
    const first = real.find((one) => one.kind === kind);
    // "Default - Headset" in whatever language: the name of the device comes last.
    const byName = real.find((one) => one.kind === kind && one.label && marked?.label.endsWith(one.label));
    const usual = byName ?? real.find((one) => one.kind === kind && one.groupId === marked?.groupId) ?? first;
    return { kind: kindOf[kind], id: deviceId, label, groupId, isDefault: deviceId === usual?.deviceId };
  });
}

function isReal({ deviceId }: MediaDeviceInfo): boolean {
  return deviceId !== 'default' && deviceId !== 'communications';
}
