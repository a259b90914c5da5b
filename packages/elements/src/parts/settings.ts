import { createLevelMeter } from '@parley-rtc/sdk';
import { html, nothing, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { define } from '../base/define.ts';
import { icon } from '../base/icon.ts';
import { buttons, fields, tokens } from '../base/styles.ts';
import { backgrounds } from '../page/backgrounds.ts';
import { pageDevices } from '../page/page-devices.ts';
import { preferences } from '../page/preferences.ts';
import { shownLevel } from '../page/shown-level.ts';
import { PanelElement } from '../panels/panel-element.ts';
import { panelStyles } from '../panels/panel-styles.ts';
import { settingsStyles } from '../panels/settings-styles.ts';
import { switchRow, switchStyles } from '../panels/switch-row.ts';
import type { TextKey } from '../texts/en.ts';
import './device-select.ts';

/** The keys that the call reacts to, and what they do. */
const shortcuts: readonly { readonly key: string | { readonly text: TextKey }; readonly text: TextKey }[] = [
  { key: 'M', text: 'settings.key-mute' },
  { key: 'V', text: 'settings.key-camera' },
  { key: 'S', text: 'controls.share' },
  { key: 'H', text: 'settings.key-hand' },
  { key: 'C', text: 'controls.chat' },
  { key: 'P', text: 'controls.people' },
  { key: { text: 'settings.key-space' }, text: 'settings.key-talk' },
];

/**
 * Devices, preferences and keyboard shortcuts. Works before a call, too.
 *
 * @slot - Further sections, after the preferences.
 * @csspart header - Title and button to close.
 * @csspart title - The title.
 * @csspart section - One section.
 * @fires parley-close - When the user closes the panel.
 */
export class ParleySettings extends PanelElement {
  static override properties: PropertyDeclarations = {
    isTesting: { state: true },
    level: { state: true },
  };
  static override styles: CSSResultGroup = [
    tokens,
    buttons,
    fields,
    panelStyles,
    switchStyles,
    settingsStyles,
  ];

  declare isTesting: boolean;
  /** The microphone's level from 0 to 1; undefined while nothing is measured. */
  declare level: number | undefined;

  #measured: MediaStream | undefined;
  #stopMeter: (() => void) | undefined;

  constructor() {
    super();
    this.isTesting = false;
    this.level = undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#measure(undefined);
  }

  protected override render(): TemplateResult {
    return html`
      ${this.renderHeader('settings.title', 'settings.close')}
      <div class="body">
        ${this.#renderDevices()} ${this.#renderPreferences()}
        <slot></slot>
        ${this.#renderShortcuts()}
      </div>
    `;
  }

  #renderDevices(): TemplateResult {
    return html`<section part="section" aria-labelledby="devices">
      <h3 id="devices">${this.text('lobby.devices')}</h3>
      <parley-device-select kind="microphone" .texts=${this.texts}></parley-device-select>
      ${this.#renderLevel()}
      <parley-device-select kind="camera" .texts=${this.texts}></parley-device-select>
      ${this.#renderBackground()}
      <parley-device-select kind="speaker" .texts=${this.texts}></parley-device-select>
      <button class="button test" type="button" aria-disabled=${this.isTesting} @click=${() => this.#test()}>
        ${icon('speaker')} ${this.text(this.isTesting ? 'lobby.testing-speaker' : 'lobby.test-speaker')}
      </button>
      <div class="visually-hidden" role="status">
        ${this.isTesting ? this.text('lobby.testing-speaker') : nothing}
      </div>
    </section>`;
  }

  #renderBackground(): TemplateResult | typeof nothing {
    const { offered, chosen } = this.read(backgrounds);
    if (offered.length === 0) return nothing;
    const choices = [{ id: '', label: this.text('lobby.background-none') }, ...offered];
    return html`<div>
      <label for="background">${this.text('lobby.background')}</label>
      <select id="background" @change=${chooseBackground}>
        ${choices.map(
          ({ id, label }) =>
            html`<option value=${id} ?selected=${id === (chosen?.id ?? '')}>${label}</option>`,
        )}
      </select>
    </div>`;
  }

  #renderLevel(): TemplateResult | typeof nothing {
    const camera = this.call?.ownMedia.camera;
    if (camera) this.read(camera);
    if (this.level === undefined) return nothing;
    return html`<div
      class="level"
      role="meter"
      aria-label=${this.text('lobby.level')}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(this.level * 100)}
    >
      ${icon('microphone')}
      <div class="bar"><div class="fill" style=${styleMap({ scale: `${this.level} 1` })}></div></div>
    </div>`;
  }

  #renderPreferences(): TemplateResult {
    const { isMirrored, hasSounds } = this.read(preferences);
    return html`<section part="section" class="preferences" aria-labelledby="preferences">
      <h3 id="preferences">${this.text('settings.preferences')}</h3>
      ${switchRow({
        id: 'mirror',
        label: this.text('settings.mirror'),
        hint: this.text('settings.mirror-hint'),
        isOn: isMirrored,
        onSwitch: (isOn) => preferences.change({ isMirrored: isOn }),
      })}
      ${switchRow({
        id: 'sounds',
        label: this.text('settings.sounds'),
        isOn: hasSounds,
        onSwitch: (isOn) => preferences.change({ hasSounds: isOn }),
      })}
    </section>`;
  }

  #renderShortcuts(): TemplateResult {
    return html`<section part="section" aria-labelledby="shortcuts">
      <h3 id="shortcuts">${this.text('settings.shortcuts')}</h3>
      <dl>
        ${shortcuts.map(
          ({ key, text }) =>
            html`<dt>${this.text(text)}</dt>
              <dd><kbd>${typeof key === 'string' ? key : this.text(key.text)}</kbd></dd>`,
        )}
      </dl>
    </section>`;
  }

  protected override updated(): void {
    const own = this.isConnected ? this.call?.ownMedia.camera.getSnapshot() : undefined;
    this.#measure(own?.audio === 'on' ? own.stream?.mediaStream : undefined);
  }

  /** Measures the microphone that others hear, if there is one. */
  #measure(mediaStream: MediaStream | undefined): void {
    if (mediaStream === this.#measured) return;
    this.#measured = mediaStream;
    this.#stopMeter?.();
    this.#stopMeter = undefined;
    if (!mediaStream) {
      this.level = undefined;
      return;
    }
    const onLevel = (loudness: number): void => {
      this.level = shownLevel(loudness);
    };
    const meter = createLevelMeter(mediaStream, { onLevel });
    this.#stopMeter = () => meter.stop();
  }

  #test(): void {
    if (this.isTesting) return;
    this.isTesting = true;
    const end = (): void => {
      this.isTesting = false;
    };
    import('../panels/test-tone.ts')
      .then(async ({ playTestTone }) => playTestTone(pageDevices().getSnapshot().devices))
      .then(end, end);
  }
}

function chooseBackground({ target }: Event): void {
  backgrounds.choose((target as HTMLSelectElement).value || undefined);
}

define('parley-settings', ParleySettings);

declare global {
  interface HTMLElementTagNameMap {
    'parley-settings': ParleySettings;
  }
}
