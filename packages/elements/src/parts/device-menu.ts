import type { DeviceKind, Devices } from '@parley-rtc/sdk';
import { css, html, nothing, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from 'lit';
import { define } from '../base/define.ts';
import { DeviceElement } from '../base/device-element.ts';
import { icon } from '../base/icon.ts';
import type { MenuItem, MenuSelectDetail } from '../base/menu-item.ts';
import { tokens } from '../base/styles.ts';
import { chooseDevice, deviceOptionsOf } from '../page/device-options.ts';
import { pageDevices } from '../page/page-devices.ts';
import type { TextKey } from '../texts/en.ts';
import './menu.ts';

type MenuKind = 'microphone' | 'camera' | 'speaker';

const kindsOf: Readonly<Record<MenuKind, readonly DeviceKind[]>> = {
  microphone: ['microphone', 'speaker'],
  camera: ['camera'],
  speaker: ['speaker'],
};

const labels: Readonly<Record<MenuKind, TextKey>> = {
  microphone: 'controls.microphone-menu',
  camera: 'controls.camera-menu',
  speaker: 'controls.speaker-menu',
};

const testId = 'test-speaker';

/**
 * The small arrow beside a microphone or camera button, whose menu chooses the device. `kind="microphone"` includes the
 * speakers, and `kind="speaker"` offers a test sound. The choice is remembered, and open streams switch to it.
 *
 * @csspart button - The button.
 */
export class ParleyDeviceMenu extends DeviceElement {
  static override properties: PropertyDeclarations = { kind: {}, isTesting: { state: true } };
  static override styles: CSSResultGroup = [
    tokens,
    css`
      :host {
        position: relative;
        display: inline-flex;
      }
    `,
  ];

  /** Default `microphone`. */
  declare kind: MenuKind;
  declare isTesting: boolean;

  constructor() {
    super();
    this.kind = 'microphone';
    this.isTesting = false;
  }

  protected override render(): TemplateResult {
    const devices = this.readDevices();
    const isSpeaker = this.kind === 'speaker';
    return html`<parley-menu
        exportparts="button"
        .texts=${this.texts}
        .label=${this.text(this.isTesting ? 'lobby.testing-speaker' : labels[this.kind])}
        .items=${[
          ...kindsOf[this.kind].flatMap((kind) => this.#itemsOf(kind, devices)),
          ...(isSpeaker
            ? [
                { separator: true } as const,
                { id: testId, label: this.text('lobby.test-speaker'), icon: 'play' } as const,
              ]
            : []),
        ]}
        @parley-menu-select=${(event: CustomEvent<MenuSelectDetail>) => this.#choose(event)}
        >${icon(isSpeaker ? 'speaker' : 'chevron-up')}</parley-menu
      ><span class="visually-hidden" role="status"
        >${this.isTesting ? this.text('lobby.testing-speaker') : nothing}</span
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
    if (event.detail.id === testId) return void this.#test();
    const { devices } = pageDevices().getSnapshot();
    const [, kind, label = ''] = /^(microphone|camera|speaker)\/(.*)$/s.exec(event.detail.id) ?? [];
    if (devices && kind !== undefined) chooseDevice(devices, kind as DeviceKind, label);
  }

  async #test(): Promise<void> {
    if (this.isTesting) return;
    this.isTesting = true;
    try {
      const { playTestTone } = await import('../panels/test-tone.ts');
      await playTestTone(pageDevices().getSnapshot().devices);
    } catch {
      // The browser plays nothing, which the user hears.
    }
    this.isTesting = false;
  }
}

define('parley-device-menu', ParleyDeviceMenu);

declare global {
  interface HTMLElementTagNameMap {
    'parley-device-menu': ParleyDeviceMenu;
  }
}
