import { findParticipant, selectLock, selectPermissions, type ConferenceSnapshot } from '@parley-rtc/sdk';
import { html, nothing, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { define } from '../base/define.ts';
import { icon } from '../base/icon.ts';
import { isolate } from '../base/isolate.ts';
import type { MenuItem, MenuSelectDetail } from '../base/menu-item.ts';
import { shownName } from '../base/person.ts';
import { buttons, fields, tokens } from '../base/styles.ts';
import { avatar } from '../panels/avatar.ts';
import { hostControls, muteAllButton } from '../panels/host-controls.ts';
import { isFound, orderPeople } from '../panels/order-people.ts';
import { PanelElement } from '../panels/panel-element.ts';
import { panelStyles } from '../panels/panel-styles.ts';
import { act, actionItem, actionLooks, actionsFor, type PersonAction } from '../panels/people-actions.ts';
import { peopleStyles } from '../panels/people-styles.ts';
import { personName } from '../panels/person-name.ts';
import { personStates } from '../panels/person-states.ts';
import { switchStyles } from '../panels/switch-row.ts';
import { waitingList } from '../panels/waiting-list.ts';
import type { Call } from '../stores/call-of.ts';
import type { Tile } from '../stores/tiles-of.ts';
import './menu.ts';

/** From this many people on, searching is faster than looking. */
const searchFrom = 11;

/** A removal that waits for the moderator's confirmation. */
interface Removal {
  readonly participantId: string;
  readonly action: PersonAction;
}

/**
 * Everyone in a call: raised hands first, then the user, then the others by name. Moderators also see who is waiting, and can
 * admit, mute and remove people and lock the call.
 *
 * @csspart header - Title and button to close.
 * @csspart title - The title.
 * @csspart person - One person.
 * @csspart host-controls - What moderators can do to the whole call.
 * @fires parley-close - When the user closes the panel.
 */
export class ParleyPeople extends PanelElement {
  static override properties: PropertyDeclarations = {
    search: { state: true },
    removal: { state: true },
  };
  static override styles: CSSResultGroup = [tokens, buttons, fields, panelStyles, switchStyles, peopleStyles];

  declare search: string;
  declare removal: Removal | undefined;

  #focused: Element | null = null;

  constructor() {
    super();
    this.search = '';
    this.removal = undefined;
  }

  protected override willUpdate(): void {
    this.#focused = this.shadowRoot?.activeElement ?? null;
  }

  /** Keeps the focus in the panel when what had it is gone, such as a person who has left. */
  protected override updated(): void {
    if (!this.#focused || this.#focused.isConnected) return;
    const next = this.find('.admit') ?? this.heading;
    next?.focus();
  }

  protected override render(): TemplateResult {
    const call = this.call;
    if (!call) return this.renderHeader('people.title', 'people.close');
    const snapshot = this.read(call.conference.state);
    const { tiles } = this.read(call.tiles);
    const { canModerate } = selectPermissions(snapshot);
    const count = snapshot.conference.participants.length;
    return html`
      ${this.renderHeader('people.title', 'people.close', this.text(count === 1 ? 'people.count-one' : 'people.count-other', { count }))}
      <div class="body">
        ${
          selectLock(snapshot) && !canModerate
            ? html`<p class="locked">${icon('lock')} ${this.text('people.locked')}</p>`
            : nothing
        }
        ${canModerate ? waitingList(call, this.read(call.conference.waitingRoom), this.textOf) : nothing}
        ${this.#renderPeople(call, snapshot, tiles)}
      </div>
      ${canModerate ? hostControls(call, snapshot, this.textOf) : nothing}
    `;
  }

  #renderPeople(call: Call, snapshot: ConferenceSnapshot, tiles: readonly Tile[]): TemplateResult {
    const { hands, others } = orderPeople(tiles, this.language);
    const isLong = hands.length + others.length >= searchFrom;
    const search = isLong ? this.search : '';
    const found = ({ person }: Tile): boolean =>
      isFound(shownName(person, this.text('tile.guest')), search, this.language);
    const sharing = new Set(tiles.filter(({ kind }) => kind === 'screen').map((tile) => tile.participantId));
    const section = (
      id: string,
      title: string,
      people: readonly Tile[],
      action: TemplateResult | typeof nothing = nothing,
    ): TemplateResult | typeof nothing =>
      people.length === 0
        ? nothing
        : html`<section aria-labelledby=${id}>
            <div class="section-head">
              <h3 id=${id}>${title}</h3>
              ${action}
            </div>
            <ul>
              ${repeat(
                people,
                (tile) => tile.id,
                (tile) => this.#renderPerson(call, snapshot, tile, sharing.has(tile.participantId)),
              )}
            </ul>
          </section>`;
    const canModerate =
      selectPermissions(snapshot).canModerate && snapshot.conference.participants.length > 1;
    const muteAll = canModerate ? muteAllButton(call, snapshot, this.textOf) : nothing;
    const [shownHands, shownOthers] = [hands.filter(found), others.filter(found)];
    const isNobody = shownHands.length + shownOthers.length === 0;
    return html`
      ${isLong ? this.#renderSearch() : nothing} ${section('hands', this.text('people.hands'), shownHands)}
      ${section('in-call', this.text('people.in-call'), shownOthers, muteAll)}
      <div role="status">
        ${isNobody ? html`<p class="nobody">${this.text('people.nobody-found')}</p>` : nothing}
      </div>
    `;
  }

  #renderSearch(): TemplateResult {
    const label = this.text('people.search');
    return html`<div class="search">
      ${icon('search')}
      <input
        type="search"
        autocomplete="off"
        aria-label=${label}
        placeholder=${label}
        .value=${this.search}
        @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => event.key !== 'Escape' && event.stopPropagation()}
      />
    </div>`;
  }

  #renderPerson(call: Call, snapshot: ConferenceSnapshot, tile: Tile, isSharing: boolean): TemplateResult {
    const { person, isSelf, participantId } = tile;
    const name = shownName(person, this.text('tile.guest'));
    const isHost = findParticipant(snapshot.conference, participantId)?.permissions?.moderate === true;
    const actions = selectPermissions(snapshot).canModerate ? actionsFor(snapshot, participantId) : [];
    const shown = isSelf ? this.text('people.you', { name }) : name;
    return html`<li part="person">
      <div class="row">
        ${avatar(name)} ${personName(person, shown, this.textOf, isHost)}
        <div class="states">
          ${personStates(tile, isSharing).map(
            (state) =>
              html`<span class="state ${state.look}" title=${this.text(state.text)}>
                ${icon(state.icon)}<span class="visually-hidden">${this.text(state.text)}</span>
              </span>`,
          )}
        </div>
        ${
          actions.length === 0
            ? nothing
            : html`<parley-menu
                data-id=${participantId}
                icon="more-vertical"
                .texts=${this.texts}
                .label=${this.text('people.options', { name })}
                .items=${this.#itemsOf(actions)}
                @parley-menu-select=${(event: CustomEvent<MenuSelectDetail>) => {
                  event.stopPropagation();
                  this.#choose(call, event.detail.id as PersonAction, participantId);
                }}
              ></parley-menu>`
        }
      </div>
      ${
        this.removal?.participantId === participantId
          ? this.#renderConfirmation(call, this.removal, name)
          : nothing
      }
    </li>`;
  }

  #itemsOf(actions: readonly PersonAction[]): readonly MenuItem[] {
    return actions.flatMap((action, index) => {
      const item = actionItem(action, this.textOf);
      return action === 'remove' && index > 0 ? [{ separator: true as const }, item] : [item];
    });
  }

  #renderConfirmation(call: Call, { action, participantId }: Removal, name: string): TemplateResult {
    const question = action === 'remove' ? 'people.confirm-remove' : 'people.confirm-ban';
    const cancel = async (): Promise<void> => {
      this.removal = undefined;
      await this.updateComplete;
      this.#menuOf(participantId)?.focus();
    };
    const confirm = (): void => {
      this.removal = undefined;
      this.heading?.focus();
      void call.attempt(() => act(call.conference, action, participantId));
    };
    return html`<div
      class="confirm"
      role="group"
      aria-labelledby="question"
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        void cancel();
      }}
    >
      <p id="question">${isolate(this.text(question), { name })}</p>
      <div>
        <button class="button" type="button" @click=${() => void cancel()}>
          ${this.text('people.cancel')}
        </button>
        <button class="button danger" type="button" @click=${confirm}>
          ${this.text(actionLooks[action].text)}
        </button>
      </div>
    </div>`;
  }

  #choose(call: Call, action: PersonAction, participantId: string): void {
    if (!actionLooks[action].isDanger) {
      void call.attempt(() => act(call.conference, action, participantId));
      return;
    }
    this.removal = { action, participantId };
    void this.#focusCancel();
  }

  async #focusCancel(): Promise<void> {
    await this.updateComplete;
    const question = this.find('.confirm');
    question?.scrollIntoView({ block: 'nearest' });
    question?.querySelector('button')?.focus();
  }

  #menuOf(participantId: string): HTMLElement | undefined {
    const menus = Array.from(this.shadowRoot?.querySelectorAll('parley-menu') ?? []);
    return menus.find((menu) => menu.dataset['id'] === participantId);
  }
}

define('parley-people', ParleyPeople);

declare global {
  interface HTMLElementTagNameMap {
    'parley-people': ParleyPeople;
  }
}
