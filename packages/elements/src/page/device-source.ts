import type { Devices, DeviceSource } from '@parley-rtc/sdk';
import type { MediaSelection } from './remembered.ts';

/** What to open for a selection: the devices that the user has chosen, or the browser's own choice before they are listed. */
export function deviceSource(
  { camera, microphone }: MediaSelection,
  devices: Pick<Devices, 'camera' | 'microphone'> | undefined,
): DeviceSource {
  return {
    ...(camera && { camera: devices?.camera ?? true }),
    ...(microphone && { microphone: devices?.microphone ?? true }),
  };
}
