import { selectPermissions } from '@parley-rtc/sdk';
import {
  html,
  nothing,
  type CSSResultGroup,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { CallElement } from '../base/call-element.ts';
import { define } from '../base/define.ts';
import { icon } from '../base/icon.ts';
import type { MenuItem, MenuSelectDetail } from '../base/menu-item.ts';
import { avatarColourOf, initialsOf, shownName } from '../base/person.ts';
import { buttons, tokens } from '../base/styles.ts';
import { act, actionItem, type PersonAction } from '../panels/people-actions.ts';
import type { Tile } from '../stores/tiles-of.ts';
import { errorText } from '../texts/error-text.ts';
import './menu.ts';
import { qualityText } from '../stage/quality-text.ts';
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
  };
  static override styles: CSSResultGroup = [tokens, buttons, tileStyles];

  /** What to show. */
  declare tile: Tile | undefined;
  /** Whether it is the enlarged one. Default false. */
  declare isPinned: boolean;
  /** Whether it offers a menu. Default true. */
  declare hasMenu: boolean;

  readonly #picture = new TilePicture((aspect) => {
    if (this.tile) this.emit('parley-aspect', { id: this.tile.id, aspect });
    this.requestUpdate();
  });
  readonly #video = createRef<HTMLVideoElement>();
  readonly #backdrop = createRef<HTMLCanvasElement>();

  constructor() {
    super();
    this.isPinned = false;
    this.hasMenu = true;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('tile')) this.toggleAttribute('speaking', this.tile?.isSpeaking === true);
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
    const isLoading = tile.hasVideo && !tile.isSelf && !error && !this.#picture.hasPicture;
    return html`
      ${
        tile.hasVideo
          ? html`<div class="picture">
              <canvas
                ${ref(this.#backdrop)}
                width="32"
                height="18"
                ?hidden=${!this.#picture.isWhole}
              ></canvas>
              <video ${ref(this.#video)} muted playsinline autoplay></video>
            </div>`
          : nothing
      }
      ${!tile.hasVideo || isLoading ? this.#renderAvatar(tile) : nothing} ${this.#renderLabel(tile)}
      ${this.#renderBadges(tile)} ${this.#renderVeil(tile, error && errorText(this.allTexts, error))}
      ${repeat(
        reactions,
        ({ key }) => key,
        ({ emoji }) => html`<span class="reaction" aria-hidden="true">${emoji}</span>`,
      )}
      <div class="ring"></div>
      ${this.hasMenu ? this.#renderMenu(tile) : nothing}
    `;
  }

  protected override updated(): void {
    const { tile, call } = this;
    this.#picture.show(this.#video.value, this.#backdrop.value, tile && call ? { tile, call } : undefined);
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
    if (!tile.isFrozen) return nothing;
    return html`<div class="veil">
      <div class="spinner" aria-hidden="true"></div>
      <span>${this.text('tile.frozen')}</span>
    </div>`;
  }

  #renderMenu(tile: Tile): TemplateResult {
    const items: MenuItem[] = [
      this.isPinned
        ? { id: 'pin', label: this.text('tile.unpin'), icon: 'unpin' }
        : { id: 'pin', label: this.text('tile.pin'), icon: 'pin' },
    ];
    if (document.fullscreenEnabled) {
      items.push({ id: 'full-screen', label: this.text('tile.full-screen'), icon: 'full-screen' });
    }
    if (tile.hasVideo && document.pictureInPictureEnabled) {
      items.push({
        id: 'picture-in-picture',
        label: this.text('tile.picture-in-picture'),
        icon: 'picture-in-picture',
      });
    }
    items.push(...this.#volumeItems(tile), ...this.#moderatorItems(tile));
    return html`<parley-menu
      class="menu"
      icon="more-vertical"
      .texts=${this.texts}
      .label=${this.text('tile.menu', { name: tileName(tile, this.textOf) })}
      .items=${items}
      @parley-menu-select=${(event: CustomEvent<MenuSelectDetail>) => this.#choose(event.detail.id)}
    ></parley-menu>`;
  }

  #volumeItems({ isSelf, microphone }: Tile): readonly MenuItem[] {
    if (isSelf || microphone === 'off') return [];
    const volume = this.#picture.volume;
    const format = new Intl.NumberFormat(this.language, { style: 'percent' });
    return [
      { heading: this.text('tile.volume') },
      ...[100, 50, 0].map((percent) => ({
        id: `volume-${percent}`,
        label: format.format(percent / 100),
        isChecked: volume === percent / 100,
      })),
    ];
  }

  #moderatorItems({ isSelf, microphone, hasVideo, kind }: Tile): readonly MenuItem[] {
    const { call } = this;
    if (!call || isSelf || !selectPermissions(this.read(call.conference.state)).canModerate) return [];
    const items: MenuItem[] = [{ separator: true }];
    if (kind === 'camera' && microphone === 'on') items.push(actionItem('mute', this.textOf));
    if (kind === 'camera' && hasVideo) items.push(actionItem('stop-camera', this.textOf));
    if (kind === 'screen') {
      items.push({ id: 'stop-screen', label: this.text('controls.stop-sharing'), icon: 'stop-sharing' });
    }
    return [...items, actionItem('remove', this.textOf)];
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
      'full-screen': () => this.requestFullscreen().catch(() => undefined),
      'picture-in-picture': () => this.#video.value?.requestPictureInPicture().catch(() => undefined),
      mute: () => moderate('mute'),
      'stop-camera': () => moderate('stop-camera'),
      'stop-screen': () => call.attempt(stopScreen),
      remove: () => this.emit('parley-remove', { participantId, person: tile.person }),
    };
    const [, percent] = /^volume-(\d+)$/.exec(id) ?? [];
    if (percent !== undefined) this.#setVolume(Number(percent) / 100);
    else actions[id]?.();
  }

  #setVolume(volume: number): void {
    this.#picture.setVolume(volume);
    this.requestUpdate();
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
