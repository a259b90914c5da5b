import { chooseDevice, deviceOptionsOf } from '../page/device-options.ts';
import { pageDevices } from '../page/page-devices.ts';

/** Whether this is a phone or a tablet, whose cameras look to the front and to the back. */
export function isTouched(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

/** The names of the cameras. */
export function camerasOf(): readonly string[] {
  const { devices } = pageDevices().getSnapshot();
  return devices ? deviceOptionsOf(devices, 'camera').labels : [];
}

/** Goes on to the next camera. */
export function flipCamera(): void {
  const { devices } = pageDevices().getSnapshot();
  if (!devices) return;
  const labels = camerasOf();
  const used = devices.choice('camera').device?.label ?? '';
  chooseDevice(devices, 'camera', labels[(labels.indexOf(used) + 1) % labels.length] ?? '');
}
