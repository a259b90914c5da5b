import type { DeviceKind, Devices } from '@parley-rtc/sdk';
import { css, html, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from 'lit';
import { define } from '../base/define.ts';
import { DeviceElement } from '../base/device-element.ts';
import { icon } from '../base/icon.ts';
import type { MenuItem, MenuSelectDetail } from '../base/menu-item.ts';
import { tokens } from '../base/styles.ts';
import { chooseDevice, deviceOptionsOf } from '../stores/device-options.ts';
import { pageDevices } from '../stores/page-devices.ts';
import './menu.ts';

const kindsOf: Readonly<Record<'microphone' | 'camera', readonly DeviceKind[]>> = {
  microphone: ['microphone', 'speaker'],
  camera: ['camera'],
};

/**
 * The small arrow beside a microphone or camera button, whose menu chooses the device. `kind="microphone"` includes the
 * speakers. The choice is remembered, and open streams switch to it.
 *
 * @csspart button - The button.
 */
export class ParleyDeviceMenu extends DeviceElement {
  static override properties: PropertyDeclarations = { kind: {} };
  static override styles: CSSResultGroup = [
    tokens,
    css`
      :host {
        display: inline-flex;
      }
    `,
  ];

  /** Default `microphone`. */
  declare kind: 'microphone' | 'camera';

  constructor() {
    super();
    this.kind = 'microphone';
  }

  protected override render(): TemplateResult {
    const devices = this.readDevices();
    const key = this.kind === 'camera' ? 'controls.camera-menu' : 'controls.microphone-menu';
    return html`<parley-menu
      exportparts="button"
      .texts=${this.texts}
      .label=${this.text(key)}
      .items=${kindsOf[this.kind].flatMap((kind) => this.#itemsOf(kind, devices))}
      @parley-menu-select=${(event: CustomEvent<MenuSelectDetail>) => this.#choose(event)}
      >${icon('chevron-up')}</parley-menu
    >`;
  }

  #itemsOf(kind: DeviceKind, devices: Devices | undefined): readonly MenuItem[] {
    const options = devices && deviceOptionsOf(devices, kind);
    // Where the browser chooses the speaker itself, there is nothing to choose.
    if (kind === 'speaker' && !options?.isAvailable) return [];
    const heading: MenuItem = { heading: this.text(`devices.${kind}`) };
    if (!options?.isAvailable) {
      return [heading, { id: `${kind}/`, label: this.text('devices.none'), isDisabled: true }];
    }
    const { labels, chosen, replacedBy } = options;
    return [
      heading,
      { id: `${kind}/`, label: this.systemText(options), isChecked: chosen === '' },
      ...labels.map((label) => ({
        id: `${kind}/${label}`,
        label,
        isChecked: label === chosen,
        ...(label === chosen &&
          replacedBy !== undefined && { hint: this.text('devices.replaced', { name: replacedBy }) }),
      })),
    ];
  }

  #choose(event: CustomEvent<MenuSelectDetail>): void {
    event.stopPropagation();
    const { devices } = pageDevices().getSnapshot();
    const [, kind, label = ''] = /^(microphone|camera|speaker)\/(.*)$/s.exec(event.detail.id) ?? [];
    if (devices && kind !== undefined) chooseDevice(devices, kind as DeviceKind, label);
  }
}

define('parley-device-menu', ParleyDeviceMenu);

declare global {
  interface HTMLElementTagNameMap {
    'parley-device-menu': ParleyDeviceMenu;
  }
}
