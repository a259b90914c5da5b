import { selectPermissions } from '@parley-rtc/sdk';
import {
  html,
  nothing,
  type CSSResultGroup,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { CallElement } from '../base/call-element.ts';
import { define } from '../base/define.ts';
import { icon } from '../base/icon.ts';
import type { MenuSelectDetail } from '../base/menu-item.ts';
import { avatarColourOf, initialsOf, shownName } from '../base/person.ts';
import { buttons, tokens } from '../base/styles.ts';
import { toggleFullScreen } from '../base/toggle-full-screen.ts';
import { act, type PersonAction } from '../panels/people-actions.ts';
import type { Call } from '../stores/call-of.ts';
import { defaultChoice, type ViewChoice, type ViewQuality } from '../stores/create-views.ts';
import type { Tile } from '../stores/tiles-of.ts';
import { errorText } from '../texts/error-text.ts';
import './menu.ts';
import { qualityText } from '../stage/quality-text.ts';
import { percentText, tileMenuItems } from '../stage/tile-menu.ts';
import { tileName } from '../stage/tile-name.ts';
import { TilePicture } from '../stage/tile-picture.ts';
import { tileStyles } from '../stage/tile-styles.ts';

/**
 * One participant, or one shared screen: video or initials, name, microphone, and a menu. Without `tile`, it shows nothing.
 *
 * @fires parley-pin - The user wants to enlarge it, or no longer. `detail.id` is the tile's id.
 * @fires parley-remove - The user, a moderator, wants to remove the participant; nothing has happened yet. `detail` has
 *   `participantId` and `person`.
 * @fires parley-aspect - The shape of its video is known or has changed.
 * @csspart label - Name and microphone.
 * @csspart avatar - What is shown without video.
 */
export class ParleyTile extends CallElement {
  static override properties: PropertyDeclarations = {
    tile: { attribute: false },
    isPinned: { attribute: false },
    hasMenu: { attribute: false },
    announcement: { state: true },
  };
  static override styles: CSSResultGroup = [tokens, buttons, tileStyles];

  /** What to show. */
  declare tile: Tile | undefined;
  /** Whether it is the enlarged one. Default false. */
  declare isPinned: boolean;
  /** Whether it offers a menu. Default true. */
  declare hasMenu: boolean;
  /** What the user has just changed, for screen readers. */
  declare announcement: string;

  readonly #picture = new TilePicture((aspect) => {
    if (this.tile) this.emit('parley-aspect', { id: this.tile.id, aspect });
    this.requestUpdate();
  });

  constructor() {
    super();
    this.isPinned = false;
    this.hasMenu = true;
    this.announcement = '';
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const wasPinned = changed.get('isPinned');
    if (this.tile && wasPinned !== undefined && wasPinned !== this.isPinned) {
      const name = tileName(this.tile, this.textOf);
      this.announcement = this.text(this.isPinned ? 'tile.pinned' : 'tile.unpinned', { name });
    }
    if (changed.has('tile')) this.toggleAttribute('speaking', this.tile?.isSpeaking === true);
  }

  get #video(): HTMLVideoElement | undefined {
    return this.find('video');
  }

  protected override render(): TemplateResult | typeof nothing {
    const { tile, call } = this;
    if (!tile || !call) return nothing;
    const { errors } = this.read(call.views);
    const reactions = this.read(call.reactions).reactions.filter(
      ({ participantId }) => participantId === tile.participantId && tile.kind === 'camera',
    );
    if (tile.isSelf) this.read(tile.kind === 'screen' ? call.ownMedia.screen : call.ownMedia.camera);
    const error = tile.streamId === undefined ? undefined : errors.get(tile.streamId);
    // Without its video by choice, a person is shown like one whose camera is off.
    const hasVideo = tile.hasVideo && this.#choiceOf(tile, call).quality !== 'audio-only';
    const isLoading = hasVideo && !tile.isSelf && !error && !this.#picture.hasPicture;
    return html`
      ${
        hasVideo
          ? html`<div class="picture">
              <canvas width="32" height="18" ?hidden=${!this.#picture.isWhole}></canvas>
              <video muted playsinline autoplay></video>
            </div>`
          : nothing
      }
      ${!hasVideo || isLoading ? this.#renderAvatar(tile) : nothing} ${this.#renderLabel(tile)}
      ${this.#renderBadges(tile)} ${this.#renderVeil(tile, error && errorText(this.allTexts, error))}
      ${repeat(
        reactions,
        ({ key }) => key,
        ({ emoji }) => html`<span class="reaction" aria-hidden="true">${emoji}</span>`,
      )}
      <div class="ring"></div>
      ${this.hasMenu ? this.#renderMenu(tile, call) : nothing}
      <div class="visually-hidden" role="status">${this.announcement}</div>
    `;
  }

  protected override updated(): void {
    const { tile, call } = this;
    this.#picture.show(this.#video, this.find('canvas'), tile && call ? { tile, call } : undefined);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#picture.show(undefined, undefined, undefined);
  }

  #renderAvatar({ person, kind }: Tile): TemplateResult {
    const name = shownName(person, this.text('tile.guest'));
    const letters = html`<span style="background: ${avatarColourOf(name)}">${initialsOf(name)}</span>`;
    const picture = html`<img src=${person.picture ?? ''} alt="" referrerpolicy="no-referrer" />`;
    if (kind === 'screen') return html`<div class="avatar" part="avatar">${icon('share-screen')}</div>`;
    return html`<div class="avatar" part="avatar" aria-hidden="true">
      ${person.picture === undefined ? letters : picture}
    </div>`;
  }

  #renderLabel(tile: Tile): TemplateResult {
    const { kind, microphone, mutedBy, person, isSelf } = tile;
    const name = tileName(tile, this.textOf);
    const muted = this.text(
      microphone === 'off' ? 'tile.no-microphone' : mutedBy ? 'tile.muted-by-host' : 'tile.muted',
    );
    const isSilent = kind === 'camera' && microphone !== 'on';
    return html`<div class="label" part="label" title=${name}>
      ${isSilent ? html`<span class="muted" role="img" aria-label=${muted} title=${muted}>${icon('microphone-off')}</span>` : nothing}
      <bdi>${name}</bdi>
      ${
        person.isVerified && !isSelf
          ? html`<span role="img" aria-label=${this.text('tile.verified')} title=${this.text('tile.verified')}
              >${icon('verified')}</span
            >`
          : nothing
      }
    </div>`;
  }

  #renderBadges({ handRaisedAt, quality, isFrozen }: Tile): TemplateResult {
    const isBad = quality?.level === 'poor' && !isFrozen;
    const reason = isBad ? qualityText(this.allTexts, quality) : '';
    return html`<div class="corner">
      ${
        handRaisedAt === undefined
          ? nothing
          : html`<span class="badge hand" role="img" aria-label=${this.text('tile.hand-raised')}
              >${icon('hand')}</span
            >`
      }
      ${
        isBad
          ? html`<span class="badge" title=${reason}
              >${icon('connection')}<span class="words">${reason}</span></span
            >`
          : nothing
      }
    </div>`;
  }

  #renderVeil(tile: Tile, error: string | undefined): TemplateResult | typeof nothing {
    if (error !== undefined) {
      return html`<div class="veil">
        <span>${error}</span>
        <button class="button" type="button" @click=${() => this.#retry()}>
          ${this.text('tile.try-again')}
        </button>
      </div>`;
    }
    if (tile.isSelf && tile.kind === 'screen') {
      const stop = (): void => void this.call?.ownMedia.screen.stop();
      return html`<div class="veil">
        <span>${this.text('tile.you-are-sharing')}</span>
        <button class="button" type="button" @click=${stop}>${this.text('controls.stop-sharing')}</button>
      </div>`;
    }
    if (!tile.isFrozen || (this.call && this.#choiceOf(tile, this.call).quality === 'audio-only'))
      return nothing;
    return html`<div class="veil">
      <div class="spinner" aria-hidden="true"></div>
      <span>${this.text('tile.frozen')}</span>
    </div>`;
  }

  #renderMenu(tile: Tile, call: Call): TemplateResult {
    const { document } = this.#window;
    const items = tileMenuItems(
      {
        tile,
        choice: this.#choiceOf(tile, call),
        isPinned: this.isPinned,
        isFullScreen: document.fullscreenElement === this || this.matches(':fullscreen'),
        canFillScreen: document.fullscreenEnabled,
        canFloat: document.pictureInPictureEnabled,
        canModerate: selectPermissions(this.read(call.conference.state)).canModerate,
        language: this.language,
      },
      this.textOf,
    );
    return html`<parley-menu
      class="menu"
      icon="more-vertical"
      .texts=${this.texts}
      .label=${this.text('tile.menu', { name: tileName(tile, this.textOf) })}
      .items=${items}
      @parley-menu-select=${(event: CustomEvent<MenuSelectDetail>) => this.#choose(event.detail.id)}
    ></parley-menu>`;
  }

  #choose(id: string): void {
    const { tile, call } = this;
    if (!tile || !call) return;
    const { conference } = call;
    const { participantId, streamId } = tile;
    const moderate = (action: PersonAction) => call.attempt(() => act(conference, action, participantId));
    const stopScreen = async (): Promise<void> => {
      if (streamId !== undefined) await conference.moderation.mute(participantId, 'video', { streamId });
    };
    const actions: Readonly<Record<string, () => unknown>> = {
      pin: () => this.emit('parley-pin', { id: tile.id }),
      'full-screen': () => toggleFullScreen(this),
      'picture-in-picture': () => this.#video?.requestPictureInPicture().catch(() => undefined),
      mute: () => moderate('mute'),
      'stop-camera': () => moderate('stop-camera'),
      'stop-screen': () => call.attempt(stopScreen),
      remove: () => this.emit('parley-remove', { participantId, person: tile.person }),
    };
    const [, kind, value = ''] = /^(volume|quality)-(.+)$/.exec(id) ?? [];
    if (kind === 'volume') this.#setVolume(tile, call, Number(value));
    else if (kind === 'quality') this.#setQuality(tile, call, value as ViewQuality);
    else actions[id]?.();
  }

  #setVolume(tile: Tile, call: Call, percent: number): void {
    if (tile.audioStreamId !== undefined) call.views.choose(tile.audioStreamId, { volume: percent / 100 });
    const name = tileName(tile, this.textOf);
    this.announcement = this.text('tile.volume-of', { name, percent: percentText(percent, this.language) });
  }

  #setQuality(tile: Tile, call: Call, quality: ViewQuality): void {
    if (tile.streamId !== undefined) call.views.choose(tile.streamId, { quality });
    const value = this.text(`tile.quality-${quality}`);
    this.announcement = this.text('tile.quality-of', { name: tileName(tile, this.textOf), quality: value });
  }

  /** The quality of its video, and the volume of its audio, which may be another stream. */
  #choiceOf({ streamId = '', audioStreamId = '' }: Tile, { views }: Call): ViewChoice {
    const { choices } = views.getSnapshot();
    const { quality } = choices.get(streamId) ?? defaultChoice;
    const { volume } = choices.get(audioStreamId) ?? defaultChoice;
    return { quality, volume };
  }

  /** A tile may have moved to a window of its own. */
  get #window(): Window {
    return this.ownerDocument.defaultView ?? window;
  }

  #retry(): void {
    if (this.tile?.streamId !== undefined) this.call?.views.retry(this.tile.streamId);
  }
}

define('parley-tile', ParleyTile);

declare global {
  interface HTMLElementTagNameMap {
    'parley-tile': ParleyTile;
  }
}
