import { selectPermissions, type Conference } from '@parley-rtc/sdk';
import {
  html,
  nothing,
  type CSSResultGroup,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { define } from '../base/define.ts';
import { icon } from '../base/icon.ts';
import { buttons, fields, tokens } from '../base/styles.ts';
import { chatGroup } from '../chat/chat-group.ts';
import { chatStyles } from '../chat/chat-styles.ts';
import { firstUnreadKeyIn, groupLines } from '../chat/group-lines.ts';
import { PanelElement } from '../panels/panel-element.ts';
import { panelStyles } from '../panels/panel-styles.ts';
import { maxChatCharacters } from '../stores/create-chat.ts';

/** What the user has typed and not sent, so that closing the panel does not lose it. */
const drafts = new WeakMap<Conference, string>();
const nearEndPx = 32;

/**
 * The chat of a call. What comes while it is visible counts as read.
 *
 * @csspart header - Title and button to close.
 * @csspart title - The title.
 * @csspart log - The messages.
 * @csspart message - One message.
 * @csspart input - The field for a new message.
 * @fires parley-close - When the user closes the panel.
 */
export class ParleyChat extends PanelElement {
  static override properties: PropertyDeclarations = {
    draft: { state: true },
    hasNewer: { state: true },
    firstUnreadKey: { state: true },
  };
  static override styles: CSSResultGroup = [tokens, buttons, fields, panelStyles, chatStyles];

  declare draft: string;
  /** Whether messages have come below what the user has scrolled to. */
  declare hasNewer: boolean;
  declare firstUnreadKey: string | undefined;

  #isAtEnd = true;
  #isInView = false;
  #shownConference: Conference | undefined;
  #newestKey: string | undefined;
  #observer: IntersectionObserver | undefined;
  #resizes: ResizeObserver | undefined;
  readonly #onVisibility = (): void => this.#updateSeen();

  constructor() {
    super();
    this.draft = '';
    this.hasNewer = false;
    this.firstUnreadKey = undefined;
  }

  /** Moves the focus to the field for a new message. */
  get #log(): HTMLElement | undefined {
    return this.find('.log');
  }

  get #input(): HTMLTextAreaElement | undefined {
    return this.find('textarea');
  }

  override focus(options?: FocusOptions): void {
    void this.updateComplete.then(() => this.#input?.focus(options));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#isAtEnd = true;
    this.#observer = new IntersectionObserver((entries) => {
      this.#isInView = entries.at(-1)?.isIntersecting === true;
      this.#updateSeen();
    });
    this.#observer.observe(this);
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#resizes?.disconnect();
    this.#resizes = undefined;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#isInView = false;
    this.#updateSeen();
  }

  /** Remembers which messages are new when the user opens the chat, because seeing them makes them read. */
  #updateSeen(): void {
    const chat = this.call?.chat;
    if (!chat) return;
    const isSeen = this.#isInView && document.visibilityState === 'visible';
    const { lines, unreadCount } = chat.getSnapshot();
    if (isSeen && unreadCount > 0) this.firstUnreadKey = firstUnreadKeyIn(lines, unreadCount);
    else if (!this.#isInView) this.firstUnreadKey = undefined;
    chat.setSeen(isSeen);
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    const conference = this.currentConference;
    if (conference !== this.#shownConference) {
      this.#shownConference = conference;
      this.draft = (conference && drafts.get(conference)) ?? '';
      this.#newestKey = undefined;
      this.#updateSeen();
    }
    const newest = this.call?.chat.getSnapshot().lines.at(-1);
    if (newest && newest.key !== this.#newestKey) {
      this.#newestKey = newest.key;
      // Whoever writes wants to see what was written.
      if (newest.isOwn) this.#isAtEnd = true;
      this.hasNewer = !this.#isAtEnd;
    }
  }

  protected override render(): TemplateResult {
    const call = this.call;
    const lines = call ? this.read(call.chat).lines : [];
    const context = {
      texts: this.allTexts,
      language: this.language,
      retry: (key: string) => void call?.chat.retry(key),
    };
    return html`
      ${this.renderHeader('chat.title', 'chat.close')}
      <div class="messages">
        <div
          part="log"
          class="log"
          role="log"
          tabindex="0"
          aria-label=${this.text('chat.log')}
          @scroll=${() => this.#onScroll()}
        >
          ${repeat(
            groupLines(lines, this.firstUnreadKey),
            ({ lines: [first] }) => first.key,
            (group) => chatGroup(group, context),
          )}
        </div>
        ${lines.length > 0 ? nothing : html`<p class="empty">${icon('chat')} ${this.text('chat.empty')}</p>`}
        ${
          this.hasNewer
            ? html`<button class="button primary newer" type="button" @click=${() => this.#showNewest()}>
                ${icon('chevron-up')} ${this.text('chat.new-messages')}
              </button>`
            : nothing
        }
      </div>
      ${this.#renderForm()}
    `;
  }

  #renderForm(): TemplateResult {
    const conference = this.currentConference;
    const snapshot = conference && this.read(conference.state);
    const canSend = snapshot !== undefined && selectPermissions(snapshot).canSend;
    const isTooLong = this.#isTooLong;
    const label = this.text('chat.placeholder');
    return html`<form @submit=${(event: Event) => this.#onSubmit(event)}>
      <div class="field">
        <textarea
          part="input"
          rows="1"
          dir="auto"
          enterkeyhint="send"
          aria-label=${label}
          aria-invalid=${isTooLong}
          aria-describedby=${canSend && !isTooLong ? nothing : 'reason'}
          placeholder=${label}
          ?disabled=${!canSend}
          .value=${this.draft}
          @input=${() => this.#onInput()}
          @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
        ></textarea>
        <button
          class="icon-button send"
          type="submit"
          aria-label=${this.text('chat.send')}
          title=${this.text('chat.send')}
          ?disabled=${!canSend || isTooLong || this.draft.trim() === ''}
        >
          ${icon('send')}
        </button>
      </div>
      <div role="status">
        ${
          isTooLong
            ? html`<p class="hint" id="reason">
                ${this.text('chat.too-long', { count: this.draft.trim().length, most: maxChatCharacters })}
              </p>`
            : nothing
        }
      </div>
      ${
        canSend || !snapshot || isTooLong
          ? nothing
          : html`<p class="hint" id="reason">${this.text('controls.not-permitted')}</p>`
      }
    </form>`;
  }

  /** A field with a maximum would cut off what the user pastes, without a word. */
  get #isTooLong(): boolean {
    return this.draft.trim().length > maxChatCharacters;
  }

  protected override updated(): void {
    this.#growInput();
    const log = this.#log;
    if (!log) return;
    this.#keepAtEnd();
    if (this.#resizes) return;
    // A growing field or a keyboard on the screen must not cover the newest message.
    this.#resizes = new ResizeObserver(() => this.#keepAtEnd());
    this.#resizes.observe(log);
  }

  #keepAtEnd(): void {
    const log = this.#log;
    if (log && this.#isAtEnd) log.scrollTop = log.scrollHeight;
  }

  #showNewest(): void {
    this.#isAtEnd = true;
    this.hasNewer = false;
    this.#keepAtEnd();
    this.#log?.focus({ preventScroll: true });
  }

  #onScroll(): void {
    const log = this.#log;
    // A hidden log has no size, and is where it was.
    if (!log || log.clientHeight === 0) return;
    this.#isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < nearEndPx;
    if (this.#isAtEnd) this.hasNewer = false;
  }

  #onInput(): void {
    this.#setDraft(this.#input?.value ?? '');
  }

  #setDraft(draft: string): void {
    this.draft = draft;
    if (this.currentConference) drafts.set(this.currentConference, draft);
  }

  /** For browsers that cannot size a field by its content. */
  #growInput(): void {
    const input = this.#input;
    if (!input || CSS.supports('field-sizing', 'content')) return;
    input.style.blockSize = 'auto';
    input.style.blockSize = `${input.scrollHeight}px`;
  }

  #onKey(event: KeyboardEvent): void {
    // Nothing typed is a shortcut of the call.
    if (event.key !== 'Escape') event.stopPropagation();
    // Enter may choose a word from an input method; Safari reports that with this key code.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #onSubmit(event: Event): void {
    event.preventDefault();
    this.#send();
    this.focus();
  }

  #send(): void {
    const text = this.draft;
    if (!this.call || this.#isTooLong || text.trim() === '') return;
    this.firstUnreadKey = undefined;
    this.#setDraft('');
    void this.call.chat.send(text);
  }
}

define('parley-chat', ParleyChat);

declare global {
  interface HTMLElementTagNameMap {
    'parley-chat': ParleyChat;
  }
}
