import { selectOnHold, selectPermissions, selectRecorder, type StreamSource } from '@parley-rtc/sdk';
import type { KindState } from '@parley-rtc/sdk/bindings';
import { html, nothing, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { CallElement } from '../base/call-element.ts';
import { define } from '../base/define.ts';
import type { PanelName } from '../base/events.ts';
import { icon } from '../base/icon.ts';
import type { IconName } from '../base/icons.ts';
import type { MenuSelectDetail } from '../base/menu-item.ts';
import { tokens } from '../base/styles.ts';
import { toggleFullScreen } from '../base/toggle-full-screen.ts';
import { controlsStyles } from '../controls/controls-styles.ts';
import { camerasOf, flipCamera, isTouched } from '../controls/flip-camera.ts';
import { moreItemsOf } from '../controls/more-items.ts';
import { Shortcuts } from '../controls/shortcuts.ts';
import type { Call } from '../stores/call-of.ts';
import { reactionEmojis, type ReactionEmoji } from '../stores/create-reactions.ts';
import './device-menu.ts';
import './menu.ts';

/** Narrower, some buttons move into the menu; the styles say the same. */
const narrowPx = 560;

interface ControlOptions {
  readonly icon: IconName;
  readonly label: string;
  /** The shortcut's key, shown in the tooltip. */
  readonly key?: string;
  readonly class?: string;
  readonly isPressed?: boolean;
  readonly isExpanded?: boolean;
  /** Why it cannot be used; the button says so. */
  readonly refusal?: string | undefined;
  readonly badge?: number;
  readonly panel?: PanelName;
  readonly onClick: () => unknown;
}

/**
 * The buttons of a call, with their shortcuts: microphone and camera with their devices, screen, hand, reactions, chat, people,
 * the rest in a menu, and leaving.
 *
 * @fires parley-panel - The user wants to open or close a panel: `detail.panel`.
 * @fires parley-full-screen - The user wants the call to fill the screen, or no longer; cancelable. By default, the page does.
 * @fires parley-leave - The user wants to leave; cancelable. `detail.forEveryone` says whether to end the call.
 * @slot - Buttons of the page, before the one that leaves.
 */
export class ParleyControls extends CallElement {
  static override properties: PropertyDeclarations = {
    openPanel: { attribute: false },
    hasShortcuts: { attribute: false },
  };
  static override styles: CSSResultGroup = [tokens, controlsStyles];

  /** The panel that is open. */
  declare openPanel: PanelName | undefined;
  /** Whether keys of the page act: M, V, S, H, C, P, and the space bar to talk. Default true. */
  declare hasShortcuts: boolean;

  readonly #shortcuts = new Shortcuts({
    m: () => this.#toggle('audio'),
    v: () => this.#toggle('video'),
    s: () => this.#toggleScreen(),
    h: () => this.call?.toggleHand(),
    c: () => this.#openPanel('chat'),
    p: () => this.#openPanel('people'),
  });

  constructor() {
    super();
    this.openPanel = undefined;
    this.hasShortcuts = true;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#shortcuts.connect({
      isActive: () => this.hasShortcuts && this.call !== undefined,
      isMuted: () => this.call?.ownMedia.camera.getSnapshot().audio === 'muted',
      talk: (isTalking) =>
        void (isTalking
          ? this.call?.ownMedia.camera.unmute('audio')
          : this.call?.ownMedia.camera.mute('audio')),
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#shortcuts.disconnect();
  }

  /** Focuses the button that opens a panel, after the panel has closed. */
  focusPanelButton(panel: PanelName): void {
    const button = this.renderRoot.querySelector<HTMLElement>(`[data-panel="${panel}"]`);
    const isShown = button && button.offsetParent !== null;
    (isShown ? button : this.renderRoot.querySelector<HTMLElement>('parley-menu:last-of-type'))?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { call } = this;
    if (!call) return nothing;
    const snapshot = this.read(call.conference.state);
    const permissions = selectPermissions(snapshot);
    const own = this.read(call.ownMedia.camera);
    const screen = this.read(call.ownMedia.screen);
    const { unreadCount } = this.read(call.chat);
    const tiles = this.read(call.tiles).tiles;
    const self = tiles.find(({ isSelf, kind }) => isSelf && kind === 'camera');
    const isHandUp = self?.handRaisedAt !== undefined;
    // While devices open, nothing is off: it is about to be on.
    const isStarting = own.state === 'starting';
    const look = (state: KindState): string => (isStarting ? 'busy' : state === 'on' ? '' : 'off');
    const isSharing = screen.state !== 'off' && screen.state !== 'failed';
    const refusal = (source: StreamSource): string | undefined =>
      permissions.publishSources.includes(source) ? undefined : this.text('controls.not-permitted');
    return html`<div class="bar" role="group" aria-label=${this.text('controls.label')}>
      <span class="group">
        ${this.#control({
          icon: own.audio === 'on' || isStarting ? 'microphone' : 'microphone-off',
          label: this.text(own.audio === 'on' ? 'controls.mute' : 'controls.unmute'),
          key: 'M',
          class: look(own.audio),
          refusal: refusal('MIC'),
          onClick: () => this.#toggle('audio'),
        })}
        <parley-device-menu kind="microphone" .texts=${this.texts}></parley-device-menu>
      </span>
      <span class="group">
        ${this.#control({
          icon: own.video === 'on' || isStarting ? 'camera' : 'camera-off',
          label: this.text(own.video === 'on' ? 'controls.camera-off' : 'controls.camera-on'),
          key: 'V',
          class: look(own.video),
          refusal: refusal('CAM'),
          onClick: () => this.#toggle('video'),
        })}
        <parley-device-menu kind="camera" .texts=${this.texts}></parley-device-menu>
      </span>
      ${
        canShareScreens()
          ? this.#control({
              icon: isSharing ? 'stop-sharing' : 'share-screen',
              label: this.text(isSharing ? 'controls.stop-sharing' : 'controls.share'),
              key: 'S',
              class: 'wide',
              isPressed: isSharing,
              refusal: refusal('SCREEN'),
              onClick: () => this.#toggleScreen(),
            })
          : nothing
      }
      ${this.#control({
        icon: 'hand',
        label: this.text(isHandUp ? 'controls.lower-hand' : 'controls.raise-hand'),
        key: 'H',
        class: 'wide',
        isPressed: isHandUp,
        onClick: () => call.toggleHand(),
      })}
      ${permissions.canSend ? this.#renderReactions(call) : nothing}
      ${this.#control({
        icon: 'chat',
        label: this.text(unreadCount > 0 ? 'controls.chat-unread' : 'controls.chat', { count: unreadCount }),
        key: 'C',
        isExpanded: this.openPanel === 'chat',
        badge: unreadCount,
        panel: 'chat',
        onClick: () => this.#openPanel('chat'),
      })}
      ${this.#control({
        icon: 'people',
        label: this.text('controls.people'),
        key: 'P',
        class: 'wide',
        isExpanded: this.openPanel === 'people',
        panel: 'people',
        onClick: () => this.#openPanel('people'),
      })}
      <parley-menu
        class="more"
        .texts=${this.texts}
        .label=${this.text('controls.more')}
        .items=${this.#moreItems(call, { isHandUp, isSharing })}
        @parley-menu-select=${(event: CustomEvent<MenuSelectDetail>) => this.#choose(event)}
        >${icon('more')}<span class="words">${this.text('controls.more')}</span></parley-menu
      >
      <slot></slot>
      ${this.#control({
        icon: 'leave',
        label: this.text('controls.leave'),
        class: 'leave',
        onClick: () => this.#leave(false),
      })}
    </div>`;
  }

  #control(options: ControlOptions): TemplateResult {
    const { label, key, isPressed, isExpanded, refusal, badge = 0, onClick } = options;
    const tooltip = key === undefined ? label : this.text('controls.shortcut', { label, key });
    return html`<button
      class="control ${options.class ?? ''}"
      type="button"
      aria-label=${label}
      title=${refusal ?? tooltip}
      aria-pressed=${ifDefined(isPressed)}
      aria-expanded=${ifDefined(isExpanded)}
      aria-disabled=${refusal !== undefined}
      aria-keyshortcuts=${ifDefined(key)}
      data-panel=${ifDefined(options.panel)}
      @click=${() => (refusal === undefined ? onClick() : undefined)}
    >
      <span class="with-badge" aria-hidden="true">
        ${icon(options.icon)}${badge > 0 ? html`<span class="badge">${badge > 99 ? '99+' : badge}</span>` : nothing}
      </span>
      <span class="words" aria-hidden="true">${label}</span>
    </button>`;
  }

  #renderReactions(call: Call): TemplateResult {
    return html`<parley-menu
      class="more wide"
      .texts=${this.texts}
      .label=${this.text('controls.react')}
      .items=${reactionEmojis.map((emoji) => ({ id: emoji, label: emoji }))}
      @parley-menu-select=${(event: CustomEvent<MenuSelectDetail>) => {
        event.stopPropagation();
        void call.reactions.send(event.detail.id as ReactionEmoji);
      }}
      >${icon('react')}<span class="words">${this.text('controls.react')}</span></parley-menu
    >`;
  }

  #moreItems({ conference }: Call, own: { readonly isHandUp: boolean; readonly isSharing: boolean }) {
    const snapshot = conference.state.getSnapshot();
    return moreItemsOf(
      {
        ...own,
        ...selectPermissions(snapshot),
        isNarrow: this.clientWidth < narrowPx,
        canShare: canShareScreens(),
        canFlipCamera: isTouched() && camerasOf().length > 1,
        canFillScreen: document.fullscreenEnabled,
        isFullScreen: document.fullscreenElement !== null,
        isOnHold: selectOnHold(snapshot),
        isRecording: selectRecorder(snapshot) !== undefined,
      },
      this.textOf,
    );
  }

  #choose(event: CustomEvent<MenuSelectDetail>): void {
    const { call } = this;
    if (!call) return;
    event.stopPropagation();
    const { conference } = call;
    const snapshot = conference.state.getSnapshot();
    const record = (): Promise<unknown> =>
      selectRecorder(snapshot) ? conference.stopRecording() : conference.startRecording();
    const actions: Readonly<Record<string, () => unknown>> = {
      share: () => this.#toggleScreen(),
      hand: () => call.toggleHand(),
      people: () => this.#openPanel('people'),
      invite: () => this.#openPanel('invite'),
      settings: () => this.#openPanel('settings'),
      hold: () => call.setOnHold(!selectOnHold(snapshot)),
      'flip-camera': flipCamera,
      record: () => call.attempt(record),
      'full-screen': () => this.#toggleFullScreen(),
      end: () => this.#leave(true),
    };
    const { id } = event.detail;
    const emoji = reactionEmojis.find((known) => known === id);
    if (emoji) void call.reactions.send(emoji);
    else actions[id]?.();
  }

  #toggle(kind: 'audio' | 'video'): void {
    void this.call?.ownMedia.camera.toggle(kind);
  }

  #toggleScreen(): void {
    void this.call?.ownMedia.screen.toggle();
  }

  #openPanel(panel: PanelName): void {
    this.emit('parley-panel', { panel });
  }

  #toggleFullScreen(): void {
    if (this.emit('parley-full-screen', undefined, { cancelable: true })) {
      toggleFullScreen(document.documentElement);
    }
  }

  #leave(forEveryone: boolean): void {
    if (!this.emit('parley-leave', { forEveryone }, { cancelable: true })) return;
    const { conference } = this.call ?? {};
    if (!conference) return;
    void this.call?.attempt(() => (forEveryone ? conference.end() : conference.leave()));
  }
}

/** Phones have no `getDisplayMedia`. */
function canShareScreens(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
}

define('parley-controls', ParleyControls);

declare global {
  interface HTMLElementTagNameMap {
    'parley-controls': ParleyControls;
  }
}
