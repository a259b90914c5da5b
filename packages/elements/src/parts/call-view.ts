import { ContextProvider } from '@lit/context';
import {
  html,
  nothing,
  type CSSResultGroup,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { CallElement } from '../base/call-element.ts';
import { conferenceContext, textsContext } from '../base/contexts.ts';
import { define } from '../base/define.ts';
import type { LeaveDetail, PanelDetail, PanelName, RemoveDetail } from '../base/events.ts';
import { shownName } from '../base/person.ts';
import { buttons, tokens } from '../base/styles.ts';
import { toggleFullScreen } from '../base/toggle-full-screen.ts';
import './audio.ts';
import { callViewStyles } from '../call/call-view-styles.ts';
import type { ParleyControls } from './controls.ts';
import './controls.ts';
import { holdScreenAwake } from '../call/hold-screen-awake.ts';
import { hasPictureWindows, PictureController } from '../call/picture-controller.ts';
import { loadPanel } from './load-panel.ts';
import './notices.ts';
import './stage.ts';
import { titleWithUnread } from '../call/title-with-unread.ts';

/** What the user is asked before it happens. */
interface Question {
  readonly text: string;
  readonly answer: string;
  readonly act: () => Promise<unknown>;
}

/** Without a movement for so long, the controls fade. */
const quietMs = 3_000;

/**
 * The call itself: stage, controls, panels, notices and sound. `parley-call` shows it between lobby and end; a page with a lobby
 * of its own can show it alone.
 *
 * @slot controls - Buttons of the page among the controls; in the menu “More” where there is no room.
 */
export class ParleyCallView extends CallElement {
  static override properties: PropertyDeclarations = {
    inviteLink: { attribute: 'invite-link' },
    panel: { state: true },
    isQuiet: { state: true },
    question: { state: true },
  };
  static override styles: CSSResultGroup = [tokens, buttons, callViewStyles];

  /** The link for inviting others. Default: the page's address. Attribute `invite-link`. */
  declare inviteLink: string | undefined;
  declare panel: PanelName | undefined;
  declare isQuiet: boolean;
  declare question: Question | undefined;

  readonly #conference = new ContextProvider(this, { context: conferenceContext });
  readonly #texts = new ContextProvider(this, { context: textsContext });
  readonly #picture = new PictureController(this, {
    conference: () => this.currentConference,
    texts: () => this.texts,
    language: () => this.language,
    onCreated: (content) => this.#listenTo(content),
  });
  /** Larger text, or more buttons, make the controls higher, and what is above them must make room. */
  readonly #controlsSize =
    typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(() => this.#makeRoom());
  #measured: Element | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #stops: readonly (() => void)[] = [];

  constructor() {
    super();
    this.inviteLink = undefined;
    this.panel = undefined;
    this.isQuiet = false;
    this.question = undefined;
    this.tabIndex = -1;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stops = [holdScreenAwake(), titleWithUnread(() => this.call?.chat)];
    this.#stir();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#quiet);
    this.#controlsSize?.disconnect();
    this.#measured = undefined;
    for (const stop of this.#stops) stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('conference')) this.#conference.setValue(this.conference);
    if (changed.has('texts')) this.#texts.setValue(this.texts);
  }

  get #dialog(): HTMLDialogElement | undefined {
    return this.find('dialog');
  }

  get #controls(): ParleyControls | undefined {
    return this.find('parley-controls');
  }

  protected override render(): TemplateResult | typeof nothing {
    const { call, panel } = this;
    if (!call) return nothing;
    // Between two, the other fills the stage, below the controls.
    const people = this.read(call.tiles).tiles;
    const isPair = people.length === 2 && people.every(({ kind }) => kind === 'camera');
    return html`<h1 class="visually-hidden">${this.text('call.title')}</h1>
      <div
        class="view"
        data-mode=${isPair ? 'one-to-one' : 'many'}
        ?data-quiet=${isPair && this.isQuiet}
        @pointermove=${() => this.#stir()}
        @pointerdown=${() => this.#stir()}
        @focusin=${() => this.#stir()}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      >
        <div class="main">
          ${this.#picture.isOpen ? this.#renderElsewhere() : this.#renderStage()}
          <parley-notices @parley-open-chat=${() => this.#show('chat')}></parley-notices>
          <parley-controls
            .openPanel=${panel}
            .pictureInPicture=${hasPictureWindows() ? (this.#picture.isOpen ? 'open' : 'closed') : undefined}
            @parley-picture-in-picture=${() => void call.attempt(() => this.#picture.toggle())}
            @parley-panel=${(event: CustomEvent<PanelDetail>) =>
              this.#show(panel === event.detail.panel ? undefined : event.detail.panel)}
            @parley-leave=${(event: CustomEvent<LeaveDetail>) => this.#askToEnd(event)}
            @parley-full-screen=${(event: Event) => this.#toggleFullScreen(event)}
            ><slot name="controls"></slot
          ></parley-controls>
        </div>
        ${
          panel === undefined
            ? nothing
            : html`<div class="panel" @parley-close=${() => this.#show(undefined)}>
                ${this.#renderPanel(panel)}
              </div>`
        }
        <parley-audio></parley-audio>
      </div>
      ${this.#renderQuestion()}`;
  }

  protected override updated(changed: PropertyValues): void {
    if (this.#controls !== this.#measured) {
      this.#controlsSize?.disconnect();
      this.#measured = this.#controls;
      if (this.#measured) this.#controlsSize?.observe(this.#measured);
    }
    if (changed.has('question') && this.question) this.#dialog?.showModal();
  }

  #renderStage(): TemplateResult {
    return html`<parley-stage
      @parley-remove=${(event: CustomEvent<RemoveDetail>) => this.#askToRemove(event)}
    ></parley-stage>`;
  }

  #renderElsewhere(): TemplateResult {
    return html`<div class="elsewhere">
      <p role="status">${this.text('call.elsewhere')}</p>
      <button class="button" type="button" @click=${() => this.#picture.close()}>
        ${this.text('call.bring-back')}
      </button>
    </div>`;
  }

  /** What the small window has no room for brings the call back. */
  #listenTo(content: HTMLElement): void {
    const comeBack = (): void => {
      this.#picture.close();
      window.focus();
    };
    content.addEventListener('parley-panel', ({ detail }) => {
      comeBack();
      this.#show(detail.panel);
    });
    content.addEventListener('parley-remove', (event) => {
      comeBack();
      this.#askToRemove(event);
    });
    content.addEventListener('parley-leave', (event) => {
      if (!event.detail.forEveryone) return;
      comeBack();
      this.#askToEnd(event);
    });
  }

  #renderPanel(panel: PanelName): TemplateResult {
    if (panel === 'chat') return html`<parley-chat></parley-chat>`;
    if (panel === 'people') return html`<parley-people></parley-people>`;
    if (panel === 'settings') return html`<parley-settings></parley-settings>`;
    return html`<parley-invite .link=${this.inviteLink}></parley-invite>`;
  }

  #renderQuestion(): TemplateResult | typeof nothing {
    const { question } = this;
    if (!question) return nothing;
    const { text, answer, act } = question;
    const confirm = (): void => {
      this.#dialog?.close();
      void this.call?.attempt(act);
    };
    return html`<dialog
      aria-labelledby="question"
      @close=${() => {
        this.question = undefined;
      }}
    >
      <h2 id="question">${text}</h2>
      <div class="actions">
        <button class="button" type="button" @click=${() => this.#dialog?.close()}>
          ${this.text('people.cancel')}
        </button>
        <button class="button danger" type="button" @click=${confirm}>${answer}</button>
      </div>
    </dialog>`;
  }

  #show(panel: PanelName | undefined): void {
    const before = this.panel;
    this.panel = panel;
    if (panel === undefined) {
      // Focus was in the panel that has gone.
      if (before !== undefined) this.#controls?.focusPanelButton(before);
      return;
    }
    void this.#focusPanel(panel);
  }

  async #focusPanel(panel: PanelName): Promise<void> {
    await this.call?.attempt(() => loadPanel(panel));
    await this.updateComplete;
    const element = this.find('.panel > *');
    if (this.panel === panel) element?.focus();
  }

  #makeRoom(): void {
    const heightPx = this.#controls?.offsetHeight ?? 0;
    if (heightPx === 0) return;
    this.style.setProperty('--_controls', `${heightPx + 8}px`);
    this.find('parley-stage')?.refresh();
  }

  #onKey(event: KeyboardEvent): void {
    this.#stir();
    if (event.key !== 'Escape' || event.defaultPrevented || this.panel === undefined) return;
    this.#show(undefined);
  }

  #askToRemove({ detail: { participantId, person } }: CustomEvent<RemoveDetail>) {
    const name = shownName(person, this.text('tile.guest'));
    this.question = {
      text: this.text('people.confirm-remove', { name }),
      answer: this.text('people.remove'),
      act: async () => this.call?.conference.moderation.remove(participantId),
    };
  }

  #askToEnd(event: CustomEvent<LeaveDetail>): void {
    if (!event.detail.forEveryone) return;
    event.preventDefault();
    this.question = {
      text: this.text('controls.confirm-end'),
      answer: this.text('controls.end-for-all'),
      act: async () => this.call?.conference.end(),
    };
  }

  /** Shows the controls, and lets them fade after a while without a movement. */
  #stir(): void {
    clearTimeout(this.#quiet);
    this.isQuiet = false;
    this.#quiet = setTimeout(() => {
      // Whoever uses the keyboard must see where the focus is; whoever touches cannot move a pointer to bring them back.
      const isInUse = this.#controls?.matches(':focus-within, :hover') ?? false;
      // Behind a question, the controls cannot be pointed at.
      this.isQuiet = !isInUse && !this.question && matchMedia('(hover: hover)').matches;
    }, quietMs);
  }

  #toggleFullScreen(event: Event): void {
    event.preventDefault();
    toggleFullScreen(this);
  }
}

define('parley-call-view', ParleyCallView);

declare global {
  interface HTMLElementTagNameMap {
    'parley-call-view': ParleyCallView;
  }
}
