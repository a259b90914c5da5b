import type { ParleyError } from '@parley-rtc/sdk';
import { html, nothing, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { define } from '../base/define.ts';
import { icon } from '../base/icon.ts';
import type { MenuSelectDetail } from '../base/menu-item.ts';
import { ParleyElement } from '../base/parley-element.ts';
import { buttons, fields, tokens } from '../base/styles.ts';
import { backgrounds } from '../page/backgrounds.ts';
import { preferences } from '../page/preferences.ts';
import { remember, remembered, type MediaSelection } from '../page/remembered.ts';
import { createLobby, type LobbyState, type LobbyStore } from '../stores/create-lobby.ts';
import { errorText } from '../texts/error-text.ts';
import './device-menu.ts';
import './menu.ts';
import { backgroundItems, chooseBackground } from '../lobby/background-items.ts';
import { lobbyStyles } from '../lobby/lobby-styles.ts';
import { permissionPicture } from '../lobby/permission-picture.ts';

/** Errors that the user solves in the browser's own settings for the page. */
const deniedCodes: ReadonlySet<string> = new Set(['ERR_DEVICE_DENIED', 'ERR_DEVICE_DISMISSED']);

/**
 * What comes before a call: a preview of camera and microphone, the choice of devices, and the name.
 *
 * @fires parley-join - The user wants to join: `detail.name`. Its `store` has the devices.
 * @slot title - The heading. Default: “Ready to join?”
 * @slot - Anything between the heading and the name, such as who is in the call.
 */
export class ParleyLobby extends ParleyElement {
  static override properties: PropertyDeclarations = {
    store: { attribute: false },
    name: {},
    hasName: { attribute: false },
    isJoining: { attribute: false },
    problem: { attribute: false },
    isNameMissing: { state: true },
  };
  static override styles: CSSResultGroup = [tokens, buttons, fields, lobbyStyles];

  /** Camera and microphone. Default: a store of its own. */
  declare store: LobbyStore;
  /** The name to begin with. Default: the one that was last used on this page. */
  declare name: string;
  /** Whether it asks for a name. Default true. */
  declare hasName: boolean;
  /** Whether joining is in progress. */
  declare isJoining: boolean;
  /** Why joining failed. */
  declare problem: ParleyError | undefined;
  declare isNameMissing: boolean;

  #opened: LobbyStore | undefined;

  readonly #ownStore = createLobby();

  constructor() {
    super();
    this.store = this.#ownStore;
    this.name = remembered().name;
    this.hasName = true;
    this.isJoining = false;
    this.problem = undefined;
    this.isNameMissing = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // At first its properties may still be missing.
    if (this.hasUpdated) this.store.open();
  }

  /** A lobby that has gone must not leave the camera on. A store of the page is the page's to close. */
  protected override onRemoved(): void {
    this.#ownStore.close();
  }

  protected override willUpdate(): void {
    if (!this.isConnected || this.store === this.#opened) return;
    this.#opened?.close();
    this.#opened = this.store;
    this.store.open();
  }

  get #video(): HTMLVideoElement | undefined {
    return this.find('video');
  }

  get #input(): HTMLInputElement | undefined {
    return this.find('input');
  }

  override focus(): void {
    if (this.hasName) this.#input?.focus();
    else this.find('.primary')?.focus();
  }

  protected override render(): TemplateResult {
    const state = this.read(this.store);
    return html`<div class="lobby">
      ${this.#renderPreview(state)}
      <form @submit=${(event: Event) => this.#submit(event)} novalidate>
        <slot name="title"><h1>${this.text('lobby.title')}</h1></slot>
        <slot></slot>
        ${this.#renderProblems(state)} ${this.hasName ? this.#renderName() : nothing}
        ${
          this.problem
            ? html`<p class="problem" role="alert">${errorText(this.allTexts, this.problem)}</p>`
            : nothing
        }
        <button class="button primary" type="submit" aria-disabled=${this.isJoining || state.isTaking}>
          ${this.text(this.isJoining || state.isTaking ? 'lobby.joining' : 'lobby.join')}
        </button>
        ${this.#renderWait(state)}
      </form>
    </div>`;
  }

  protected override updated(): void {
    const { shownStream: mediaStream } = this.store.getSnapshot();
    const video = this.#video;
    if (!video || video.srcObject === (mediaStream ?? null)) return;
    video.srcObject = mediaStream ?? null;
    void video.play().catch(() => undefined);
  }

  #renderPreview(state: LobbyState): TemplateResult {
    const { shownStream: mediaStream, selection } = state;
    const { isMirrored } = this.read(preferences);
    const hasVideo = (mediaStream?.getVideoTracks().length ?? 0) > 0;
    const { level } = this.read(this.store.level);
    return html`<div class="preview" part="preview">
      <video
        muted
        playsinline
        aria-label=${this.text('lobby.preview')}
        ?data-mirrored=${isMirrored}
        ?hidden=${!hasVideo}
      ></video>
      ${hasVideo ? nothing : html`<div class="off"><span role="status">${this.#whyNoVideo(state)}</span></div>`}
      <div class="toggles">
        ${this.#renderToggle('microphone', selection.microphone)}
        ${this.#renderToggle('camera', selection.camera)}
        <span class="toggle small">
          <parley-device-menu kind="speaker" .texts=${this.texts}></parley-device-menu>
        </span>
        ${this.#renderBackgrounds()}
      </div>
      ${
        selection.microphone
          ? html`<div class="level" aria-hidden="true">
              <i style=${styleMap({ transform: `scaleX(${level})` })}></i>
            </div>`
          : nothing
      }
    </div>`;
  }

  #renderBackgrounds(): TemplateResult | typeof nothing {
    const { offered, chosen, isStarting } = this.read(backgrounds);
    if (offered.length === 0) return nothing;
    const label = this.text(isStarting ? 'lobby.background-starting' : 'lobby.background');
    return html`<span class="toggle small">
      <parley-menu
        icon="blur"
        class=${isStarting ? 'busy' : ''}
        .label=${label}
        .texts=${this.texts}
        .items=${backgroundItems({ offered, chosen }, this.textOf)}
        @parley-menu-select=${(event: CustomEvent<MenuSelectDetail>) => chooseBackground(event)}
      ></parley-menu>
      <span class="visually-hidden" role="status">${isStarting ? label : nothing}</span>
    </span>`;
  }

  /** What joining waits for, and how to join without it: a permission prompt may be open as long as nobody answers. */
  #renderWait({ isTaking, isAsking }: LobbyState): TemplateResult {
    const text = this.text(isAsking ? 'lobby.waiting-permission' : 'lobby.waiting-devices');
    return html`<div class="wait" role="status">${isTaking ? html`<p>${text}</p>` : nothing}</div>
      ${
        isTaking
          ? html`<button class="button" type="button" @click=${() => this.store.skip()}>
              ${this.text('lobby.join-without')}
            </button>`
          : nothing
      }`;
  }

  #whyNoVideo({ isOpening, isAsking, selection, problems }: LobbyState): string {
    if (isAsking) return this.text('lobby.asking');
    if (problems.camera?.code === 'ERR_DEVICE_NOT_FOUND') return this.text('lobby.no-camera');
    if (isOpening && selection.camera) return this.text('lobby.camera-starting');
    return this.text('lobby.camera-off');
  }

  #renderToggle(kind: keyof MediaSelection, isOn: boolean): TemplateResult {
    const label = this.text(`devices.${kind}`);
    return html`<span class="toggle">
      <button
        type="button"
        aria-pressed=${isOn}
        aria-label=${label}
        title=${label}
        @click=${() => this.store.select({ [kind]: !isOn })}
      >
        ${icon(isOn ? kind : `${kind}-off`)}
      </button>
      <parley-device-menu .kind=${kind} .texts=${this.texts}></parley-device-menu>
    </span>`;
  }

  #renderProblems({ problems }: LobbyState): TemplateResult | typeof nothing {
    const { camera, microphone } = problems;
    const errors = [camera, microphone].filter((error) => error !== undefined);
    if (errors.length === 0) return nothing;
    // Both devices often fail for the same reason, which is said once.
    const texts =
      camera && camera.code === microphone?.code
        ? [errorText(this.allTexts, { code: camera.code, kind: 'camera and microphone' })]
        : errors.map((error) => errorText(this.allTexts, error));
    const isDenied = errors.some(({ code }) => deniedCodes.has(code));
    const again = (): void =>
      this.store.select({
        ...(camera && { camera: true }),
        ...(microphone && { microphone: true }),
      });
    return html`<div role="alert">${texts.map((text) => html`<p class="problem">${text}</p>`)}</div>
      ${
        isDenied
          ? html`<div class="help">
              ${permissionPicture(this.text('lobby.allow-title'))}
              <p>${this.text('lobby.allow-hint')}</p>
            </div>`
          : nothing
      }
      <button class="button" type="button" @click=${again}>${this.text('lobby.try-again')}</button>`;
  }

  #renderName(): TemplateResult {
    return html`<div>
      <label for="name">${this.text('lobby.name')}</label>
      <input
        id="name"
        name="name"
        autocomplete="name"
        maxlength="200"
        dir="auto"
        .value=${this.name}
        aria-invalid=${this.isNameMissing}
        aria-describedby=${this.isNameMissing ? 'name-problem' : nothing}
        @input=${({ target }: InputEvent) => this.#setName((target as HTMLInputElement).value)}
      />
      ${
        this.isNameMissing
          ? html`<p class="problem" id="name-problem">${this.text('lobby.name-missing')}</p>`
          : nothing
      }
    </div>`;
  }

  #setName(name: string): void {
    this.name = name;
    this.isNameMissing = false;
  }

  #submit(event: Event): void {
    event.preventDefault();
    if (this.isJoining || this.store.getSnapshot().isTaking) return;
    const name = this.name.trim();
    this.isNameMissing = this.hasName && name === '';
    if (this.isNameMissing) {
      this.#input?.focus();
      return;
    }
    if (this.hasName) remember({ name });
    this.emit('parley-join', { name });
  }
}

define('parley-lobby', ParleyLobby);

declare global {
  interface HTMLElementTagNameMap {
    'parley-lobby': ParleyLobby;
  }
}
