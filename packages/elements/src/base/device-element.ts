import type { Devices } from '@parley-rtc/sdk';
import type { DeviceOptions } from '../page/device-options.ts';
import { pageDevices } from '../page/page-devices.ts';
import { ParleyElement } from './parley-element.ts';

/** What elements share that let the user choose devices. */
export abstract class DeviceElement extends ParleyElement {
  override connectedCallback(): void {
    super.connectedCallback();
    // The store keeps the failure.
    pageDevices()
      .ready()
      .catch(() => undefined);
  }

  /** The page's devices, once they are listed. Call it only while rendering, so that it follows their changes. */
  protected readDevices(): Devices | undefined {
    const { devices } = this.read(pageDevices());
    if (devices) this.read(devices);
    return devices;
  }

  /** What the option is called that follows the system. */
  protected systemText({ defaultLabel }: DeviceOptions): string {
    return defaultLabel === undefined
      ? this.text('devices.default')
      : this.text('devices.default-named', { name: defaultLabel });
  }
}
