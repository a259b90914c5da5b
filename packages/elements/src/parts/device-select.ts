import type { DeviceKind } from '@parley-rtc/sdk';
import { css, html, nothing, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { define } from '../base/define.ts';
import { DeviceElement } from '../base/device-element.ts';
import { fields, tokens } from '../base/styles.ts';
import { chooseDevice, deviceOptionsOf, type DeviceOptions } from '../page/device-options.ts';
import { pageDevices } from '../page/page-devices.ts';
import { errorText } from '../texts/error-text.ts';

/**
 * A labelled list of microphones, cameras or speakers. The choice is remembered, and calls on this page switch to it.
 *
 * @csspart label - The label.
 * @csspart select - The list.
 */
export class ParleyDeviceSelect extends DeviceElement {
  static override properties: PropertyDeclarations = { kind: { type: String } };
  static override styles: CSSResultGroup = [
    tokens,
    fields,
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }

      label {
        margin-block-end: 4px;
        font-size: 0.875em;
      }

      select {
        min-block-size: 44px;
        text-overflow: ellipsis;
      }
    `,
  ];

  /** Which devices it lists. */
  declare kind: DeviceKind;

  constructor() {
    super();
    this.kind = 'microphone';
  }

  protected override render(): TemplateResult {
    const devices = this.readDevices();
    const { error } = this.read(pageDevices());
    const options = devices && deviceOptionsOf(devices, this.kind);
    const replacement = options?.replacedBy;
    const note = replacement === undefined ? undefined : this.text('devices.replaced', { name: replacement });
    return html`
      <label part="label" for="select">${this.text(`devices.${this.kind}`)}</label>
      <select
        part="select"
        id="select"
        aria-describedby=${note === undefined ? nothing : 'note'}
        ?disabled=${!options?.isAvailable}
        @change=${(event: Event) => {
          if (devices) chooseDevice(devices, this.kind, (event.target as HTMLSelectElement).value);
        }}
      >
        ${
          options?.isAvailable
            ? this.#renderOptions(options)
            : html`<option value="">${this.text('devices.none')}</option>`
        }
      </select>
      ${note === undefined ? nothing : html`<p class="hint" id="note">${note}</p>`}
      <div role="alert">
        ${error ? html`<p class="problem">${errorText(this.allTexts, error)}</p>` : nothing}
      </div>
    `;
  }

  #renderOptions(options: DeviceOptions): TemplateResult {
    const { labels, chosen, replacedBy } = options;
    const option = (value: string, name: string): TemplateResult =>
      html`<option value=${value} .selected=${live(value === chosen)}>${name}</option>`;
    const nameOf = (label: string): string =>
      label === chosen && replacedBy !== undefined ? this.text('devices.missing', { name: label }) : label;
    return html`${option('', this.systemText(options))} ${labels.map((label) => option(label, nameOf(label)))}`;
  }
}

define('parley-device-select', ParleyDeviceSelect);

declare global {
  interface HTMLElementTagNameMap {
    'parley-device-select': ParleyDeviceSelect;
  }
}
