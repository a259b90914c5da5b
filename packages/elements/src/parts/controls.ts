import { selectOnHold, selectPermissions, selectRecorder, type StreamSource } from '@parley-rtc/sdk';
import type { KindState } from '@parley-rtc/sdk/bindings';
import { html, nothing, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from 'lit';
import { CallElement } from '../base/call-element.ts';
import { define } from '../base/define.ts';
import type { PanelName } from '../base/events.ts';
import { icon } from '../base/icon.ts';
import type { MenuSelectDetail } from '../base/menu-item.ts';
import { tokens } from '../base/styles.ts';
import { toggleFullScreen } from '../base/toggle-full-screen.ts';
import { BarOverflowController, clickableOf, nameOf } from '../controls/bar-overflow.ts';
import { badgeOf, controlButton, type ControlOptions } from '../controls/control-button.ts';
import { controlsStyles } from '../controls/controls-styles.ts';
import { flipCamera } from '../controls/flip-camera.ts';
import { moreItemsOf, type MoreState } from '../controls/more-items.ts';
import { canShareScreens, moreStateOf } from '../controls/more-state.ts';
import { Shortcuts } from '../controls/shortcuts.ts';
import type { Call } from '../stores/call-of.ts';
import { reactionEmojis, type ReactionEmoji } from '../stores/create-reactions.ts';
import './device-menu.ts';
import './menu.ts';

/**
 * The buttons of a call, with their shortcuts: microphone and camera with their devices, screen, hand, reactions, chat, people,
 * the rest in a menu, and leaving.
 *
 * @fires parley-panel - The user wants to open or close a panel: `detail.panel`.
 * @fires parley-full-screen - The user wants the call to fill the screen, or no longer; cancelable. By default, the page does.
 * @fires parley-picture-in-picture - The user wants the call in a small window, or back; only with `pictureInPicture`.
 * @fires parley-leave - The user wants to leave; cancelable. `detail.forEveryone` says whether to end the call.
 * What has no room in the bar moves into its menu “More”, also buttons of the page.
 *
 * @slot - Buttons of the page, before the one that leaves.
 */
export class ParleyControls extends CallElement {
  static override properties: PropertyDeclarations = {
    openPanel: { attribute: false },
    hasShortcuts: { attribute: false },
    pictureInPicture: { attribute: false },
  };
  static override styles: CSSResultGroup = [tokens, controlsStyles];

  /** The panel that is open. */
  declare openPanel: PanelName | undefined;
  /** Whether keys of the page act: M, V, S, H, C, P, and the space bar to talk. Default true. */
  declare hasShortcuts: boolean;
  /** Whether the page shows the call in a small window, or can; undefined if it cannot. Default undefined. */
  declare pictureInPicture: 'open' | 'closed' | undefined;

  readonly #overflow = new BarOverflowController(this);
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
    this.pictureInPicture = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#shortcuts.connect({
      target: this.ownerDocument.defaultView ?? undefined,
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
    const button = this.find(`[data-panel="${panel}"]`);
    const isShown = button && button.offsetParent !== null;
    (isShown ? button : this.find('#more'))?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { call } = this;
    if (!call) return nothing;
    const snapshot = this.read(call.conference.state);
    const permissions = selectPermissions(snapshot);
    const own = this.read(call.ownMedia.camera);
    const screen = this.read(call.ownMedia.screen);
    const { unreadCount } = this.read(call.chat);
    const { away } = this.#overflow.overflow;
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
          item: 'microphone',
          icon: own.audio === 'on' || isStarting ? 'microphone' : 'microphone-off',
          label: this.text(own.audio === 'on' ? 'controls.mute' : 'controls.unmute'),
          key: 'M',
          class: look(own.audio),
          refusal: refusal('MIC'),
          onClick: () => this.#toggle('audio'),
        })}
        <parley-device-menu
          data-item="microphone-devices"
          kind="microphone"
          .texts=${this.texts}
        ></parley-device-menu>
      </span>
      <span class="group">
        ${this.#control({
          item: 'camera',
          icon: own.video === 'on' || isStarting ? 'camera' : 'camera-off',
          label: this.text(own.video === 'on' ? 'controls.camera-off' : 'controls.camera-on'),
          key: 'V',
          class: look(own.video),
          refusal: refusal('CAM'),
          onClick: () => this.#toggle('video'),
        })}
        <parley-device-menu
          data-item="camera-devices"
          kind="camera"
          .texts=${this.texts}
        ></parley-device-menu>
      </span>
      ${
        canShareScreens()
          ? this.#control({
              item: 'share',
              icon: isSharing ? 'stop-sharing' : 'share-screen',
              label: this.text(isSharing ? 'controls.stop-sharing' : 'controls.share'),
              key: 'S',
              isPressed: isSharing,
              refusal: refusal('SCREEN'),
              onClick: () => this.#toggleScreen(),
            })
          : nothing
      }
      ${this.#control({
        item: 'hand',
        icon: 'hand',
        label: this.text(isHandUp ? 'controls.lower-hand' : 'controls.raise-hand'),
        key: 'H',
        isPressed: isHandUp,
        onClick: () => call.toggleHand(),
      })}
      ${permissions.canSend ? this.#renderReactions(call) : nothing}
      ${this.#control({
        item: 'chat',
        icon: 'chat',
        label: this.text(unreadCount > 0 ? 'controls.chat-unread' : 'controls.chat', { count: unreadCount }),
        key: 'C',
        isExpanded: this.openPanel === 'chat',
        badge: unreadCount,
        panel: 'chat',
        onClick: () => this.#openPanel('chat'),
      })}
      ${this.#control({
        item: 'people',
        icon: 'people',
        label: this.text('controls.people'),
        key: 'P',
        isExpanded: this.openPanel === 'people',
        panel: 'people',
        onClick: () => this.#openPanel('people'),
      })}
      <parley-menu
        class="more"
        id="more"
        data-item="more"
        .texts=${this.texts}
        .label=${this.text('controls.more')}
        .items=${this.#moreItems(call, { isHandUp, isSharing, unreadCount })}
        @parley-menu-select=${(event: CustomEvent<MenuSelectDetail>) => this.#choose(event)}
        ><span class="with-badge">${icon('more')}${badgeOf(away.has('chat') ? unreadCount : 0)}</span
        ><span class="words">${this.text('controls.more')}</span></parley-menu
      >
      <slot @slotchange=${() => this.requestUpdate()}></slot>
      ${this.#control({
        item: 'leave',
        icon: 'leave',
        label: this.text('controls.leave'),
        class: 'leave',
        onClick: () => this.#leave(false),
      })}
    </div>`;
  }

  #control(options: ControlOptions): TemplateResult {
    return controlButton(options, this.textOf);
  }

  #renderReactions(call: Call): TemplateResult {
    return html`<parley-menu
      class="more"
      data-item="react"
      .texts=${this.texts}
      .label=${this.text('controls.react')}
      .items=${reactionEmojis.map((emoji) => ({ id: emoji, label: emoji, isShort: true }))}
      @parley-menu-select=${(event: CustomEvent<MenuSelectDetail>) => {
        event.stopPropagation();
        void call.reactions.send(event.detail.id as ReactionEmoji);
      }}
      >${icon('react')}<span class="words">${this.text('controls.react')}</span></parley-menu
    >`;
  }

  #moreItems(call: Call, own: Pick<MoreState, 'isHandUp' | 'isSharing' | 'unreadCount'>) {
    const { away, ownAway } = this.#overflow.overflow;
    const { pictureInPicture } = this;
    const bar = { away, ownAway: ownAway.map(nameOf), pictureInPicture, ...own };
    return moreItemsOf({ ...moreStateOf(call, this.ownerDocument), ...bar }, this.textOf);
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
      chat: () => this.#openPanel('chat'),
      people: () => this.#openPanel('people'),
      invite: () => this.#openPanel('invite'),
      settings: () => this.#openPanel('settings'),
      hold: () => call.setOnHold(!selectOnHold(snapshot)),
      'flip-camera': flipCamera,
      record: () => call.attempt(record),
      'full-screen': () => this.#toggleFullScreen(),
      'picture-in-picture': () => this.emit('parley-picture-in-picture', undefined),
      end: () => this.#leave(true),
    };
    const { id } = event.detail;
    const emoji = reactionEmojis.find((known) => known === id);
    const [, ownIndex] = /^own-(\d+)$/.exec(id) ?? [];
    const own = ownIndex === undefined ? undefined : this.#overflow.overflow.ownAway[Number(ownIndex)];
    if (own) clickableOf(own)?.click();
    else if (emoji) void call.reactions.send(emoji);
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
      toggleFullScreen(this.ownerDocument.documentElement);
    }
  }

  #leave(forEveryone: boolean): void {
    if (!this.emit('parley-leave', { forEveryone }, { cancelable: true })) return;
    const { conference } = this.call ?? {};
    if (!conference) return;
    void this.call?.attempt(() => (forEveryone ? conference.end() : conference.leave()));
  }
}

define('parley-controls', ParleyControls);

declare global {
  interface HTMLElementTagNameMap {
    'parley-controls': ParleyControls;
  }
}
