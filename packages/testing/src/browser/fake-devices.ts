/** The browser's list of devices, which tests can change. */
export class FakeDeviceList extends EventTarget {
  #devices: readonly MediaDeviceInfo[] = [];

  async enumerateDevices(): Promise<readonly MediaDeviceInfo[]> {
    return this.#devices;
  }

  /** Replaces all devices, written as `kind id label`, and fires `devicechange`. */
  plug(...devices: readonly string[]): void {
    this.#devices = devices.map((device) => {
      const [kind = '', deviceId = '', ...label] = device.split(' ');
      return { kind, deviceId, label: label.join(' '), groupId: deviceId } as MediaDeviceInfo;
    });
    this.dispatchEvent(new Event('devicechange'));
  }
}
