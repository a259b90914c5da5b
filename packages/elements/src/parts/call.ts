import { ContextProvider } from '@lit/context';
import {
  displayNameOf,
  type Conference,
  type JoinOptions,
  type PublishOptions,
  type TokenSource,
} from '@parley-rtc/sdk';
import {
  css,
  html,
  nothing,
  type CSSResultGroup,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { textsContext } from '../base/contexts.ts';
import { define } from '../base/define.ts';
import type { JoinDetail } from '../base/events.ts';
import { ParleyElement } from '../base/parley-element.ts';
import { shownName } from '../base/person.ts';
import { buttons, tokens } from '../base/styles.ts';
import { backgrounds, type Background } from '../page/backgrounds.ts';
import { deviceSource } from '../page/device-source.ts';
import { pageDevices } from '../page/page-devices.ts';
import { selectionBefore } from '../page/remembered.ts';
import { createLobby, type LobbyStore } from '../stores/create-lobby.ts';
import { createVisit, type VisitState, type VisitStore } from '../stores/create-visit.ts';
import type { VisitOptions } from '../stores/visit-options.ts';
import './lobby.ts';
import { screenStyles } from '../call/screen-styles.ts';
import { endScreen, messageScreen, waitingScreen } from '../call/screens.ts';

/**
 * A whole call in one tag: lobby, waiting room, call and end.
 *
 * ```html
 * <parley-call server="https://rtc.example.com" ticket="…"></parley-call>
 * ```
 *
 * @fires parley-joined - In the call; `detail.conference` is the SDK's conference.
 * @fires parley-ended - The call is over for this user; `detail.ending` says how.
 * @slot lobby-title - The heading of the lobby.
 * @slot lobby - Between the heading and the name in the lobby.
 * @slot controls - Buttons of the page among the controls; in the menu “More” where there is no room.
 * @slot ended - What is shown after the call, in place of our message and buttons.
 * @cssprop --parley-accent - The colour of your brand; everything else follows.
 */
export class ParleyCall extends ParleyElement {
  static override properties: PropertyDeclarations = {
    server: {},
    ticket: {},
    token: {},
    conferenceId: { attribute: 'conference-id' },
    name: {},
    inviteLink: { attribute: 'invite-link' },
    joinOptions: { attribute: false },
    backgrounds: { attribute: false },
  };
  static override styles: CSSResultGroup = [
    tokens,
    buttons,
    screenStyles,
    css`
      :host {
        position: relative;
        display: block;
        container: call / size;
        overflow: hidden;
        block-size: 100dvh;
        min-block-size: 180px;
        background: var(--_surface);
        color-scheme: light dark;
      }

      .inside {
        margin: 0;
        color: var(--_text-muted);
        overflow-wrap: anywhere;
      }

      parley-lobby,
      parley-call-view,
      .screen {
        position: absolute;
        inset: 0;
      }
    `,
  ];

  /** URL of the server. Default: the page's own. */
  declare server: string;
  /** The ticket that lets the user join. As a property it can be a function, which is called for each login. */
  declare ticket: VisitOptions['ticket'];
  /** Instead of a ticket: a token, or a function that fetches one. Needs `conferenceId`. */
  declare token: TokenSource | undefined;
  /** The conference; needed with a token only. Attribute `conference-id`. */
  declare conferenceId: string | undefined;
  /** The user's name, if the page knows it. Then the lobby does not ask. */
  declare name: string | undefined;
  /** The link for inviting others. Default: the page's address. Attribute `invite-link`. */
  declare inviteLink: string | undefined;
  /** Other options of `Conference.join`, such as `maxVideos` and `log`. */
  declare joinOptions: Partial<JoinOptions> | undefined;

  /** What users can have behind them instead of their room: the lobby and the settings offer it. Default: nothing. */
  declare backgrounds: readonly Background[] | undefined;

  readonly #texts = new ContextProvider(this, { context: textsContext });
  readonly #lobby: LobbyStore = createLobby();
  readonly #visit: VisitStore = createVisit(() => this.#visitOptions);
  #stops: readonly (() => void)[] = [];
  /** The phase that is shown, and the last one that the page knows of. */
  #phase: VisitState['phase'] | undefined;
  #announced: VisitState['phase'] = 'before';
  #nameUsed = '';

  constructor() {
    super();
    this.server = typeof location === 'undefined' ? '' : location.origin;
  }

  /** The conference, while the user is in it. */
  get conference(): Conference | undefined {
    const { phase, conference } = this.#visit.getSnapshot();
    return phase === 'inside' ? conference : undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!canCall()) return;
    void this.#begin();
  }

  protected override onRemoved(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#visit.close();
    this.#lobby.close();
    this.#phase = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('texts')) this.#texts.setValue(this.texts);
    if (changed.has('backgrounds') && this.backgrounds) backgrounds.offer(this.backgrounds);
    if (this.hasUpdated && this.#isInvitedAgain(changed)) this.#visit.reset();
  }

  protected override render(): TemplateResult {
    if (!isSecure()) return messageScreen('insecure.title', 'insecure.hint', this.textOf);
    if (!canCall()) return messageScreen('unsupported.title', 'unsupported.hint', this.textOf);
    const state = this.read(this.#visit);
    if (state.phase === 'inside') {
      return html`<parley-call-view
        .conference=${state.conference}
        .texts=${this.texts}
        .inviteLink=${this.inviteLink}
        ><slot name="controls" slot="controls"></slot
      ></parley-call-view>`;
    }
    if (state.phase === 'waiting') return waitingScreen(state, this.textOf, () => this.#visit.cancel());
    if (state.phase === 'over') {
      return endScreen(state, this.allTexts, this.textOf, {
        rejoin: () => void this.#join(this.#nameUsed),
        goBack: () => this.#visit.reset(),
      });
    }
    return html`<parley-lobby
      .store=${this.#lobby}
      .texts=${this.texts}
      .hasName=${this.name === undefined}
      .isJoining=${state.phase === 'joining'}
      .problem=${state.error}
      @parley-join=${(event: CustomEvent<JoinDetail>) => void this.#join(event.detail.name)}
    >
      <slot name="lobby-title" slot="title"><h1>${this.text('lobby.title')}</h1></slot>
      ${this.#renderInside(state)}
      <slot name="lobby"></slot>
    </parley-lobby>`;
  }

  protected override updated(): void {
    const { phase } = this.#visit.getSnapshot();
    if (phase === this.#phase) return;
    const isFirst = this.#phase === undefined;
    this.#phase = phase;
    if (phase === 'before') void this.#focusLobby();
    // A new screen begins at its heading, also for screen readers. Joining stays where it is.
    else if (!isFirst && phase !== 'joining') {
      this.find('h1[tabindex], parley-call-view')?.focus();
    }
  }

  async #focusLobby(): Promise<void> {
    const lobby = this.find('parley-lobby');
    await lobby?.updateComplete;
    lobby?.focus();
  }

  #renderInside({ inside }: VisitState): TemplateResult | typeof nothing {
    if (!inside) return nothing;
    const [name = '', other = ''] = inside.map((one) =>
      shownName(displayNameOf(one), this.text('tile.guest')),
    );
    const keys = ['lobby.inside-none', 'lobby.inside-one', 'lobby.inside-two'] as const;
    const key = keys[inside.length] ?? 'lobby.inside-more';
    return html`<p class="inside">${this.text(key, { name, other, count: inside.length - 1 })}</p>`;
  }

  /** Whether the page has passed another ticket or token, which may work where the one before did not, or a first one. */
  #isInvitedAgain(changed: PropertyValues<this>): boolean {
    const { phase, ending } = this.#visit.getSnapshot();
    if (phase !== 'before' && ending !== 'expired') return false;
    return (['ticket', 'token', 'conferenceId'] as const).some(
      // Functions differ although they fetch the same.
      (name) => changed.has(name) && (typeof this[name] === 'string' || changed.get(name) === undefined),
    );
  }

  get #visitOptions(): VisitOptions {
    const { server, ticket, token, conferenceId, joinOptions } = this;
    return { server, ticket, token, conferenceId, joinOptions };
  }

  async #begin(): Promise<void> {
    // A page that creates the element sets its properties next.
    await this.updateComplete;
    if (!this.isConnected || this.#stops.length > 0) return;
    this.#stops = [this.#visit.subscribe(() => this.#onVisit()), this.#visit.look()];
    await Promise.allSettled([this.#visit.prepare(), import('./call-view.ts')]);
  }

  async #join(name: string): Promise<void> {
    this.#nameUsed = name;
    const shown = this.name ?? name;
    const isBack = this.#visit.getSnapshot().phase === 'over';
    // Loaded in the background since the lobby, and needed now.
    const loading = import('./call-view.ts');
    const preview = await this.#lobby.takePreview();
    await this.#visit.join({
      ...(shown !== '' && { metadata: { name: shown } }),
      publish: withHiddenCamera(preview ? { preview } : isBack ? publishAsBefore() : undefined),
    });
    await loading.catch(() => undefined);
    const { phase } = this.#visit.getSnapshot();
    if (phase === 'inside') return;
    // Nothing has taken the preview over.
    preview?.stop();
    if (phase === 'before') this.#lobby.select(selectionBefore());
  }

  #onVisit(): void {
    const { phase, conference, ending } = this.#visit.getSnapshot();
    const before = this.#announced;
    if (phase === before) return;
    this.#announced = phase;
    if (phase === 'inside' && conference) this.emit('parley-joined', { conference });
    if (phase === 'over' && ending) this.emit('parley-ended', { ending });
    // The end screen has no preview, so the camera must not stay on.
    if (phase === 'over') this.#lobby.close();
    if (phase === 'before' && before === 'over') this.#lobby.select(selectionBefore());
  }
}

/** What was on when the user was last in the call is on again after returning, and nothing else. */
function publishAsBefore(): PublishOptions | undefined {
  const selection = selectionBefore();
  if (!selection.camera && !selection.microphone) return undefined;
  return { ...deviceSource(selection, pageDevices().getSnapshot().devices), allowMissing: true };
}

/** With a background, the camera is sent only once that is there: `callOf` turns it on then. */
function withHiddenCamera(publish: PublishOptions | undefined): PublishOptions | undefined {
  return publish && backgrounds.getSnapshot().chosen ? { ...publish, muted: { video: true } } : publish;
}

function canCall(): boolean {
  return typeof RTCPeerConnection === 'function';
}

/** Browsers hide cameras and microphones from pages that others on the network could change. */
function isSecure(): boolean {
  return typeof isSecureContext === 'undefined' || isSecureContext;
}

define('parley-call', ParleyCall);

declare global {
  interface HTMLElementTagNameMap {
    'parley-call': ParleyCall;
  }
}
