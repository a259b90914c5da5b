import { selectPermissions } from '@parley-rtc/sdk';
import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { CallElement } from '../base/call-element.ts';
import { define } from '../base/define.ts';
import { icon } from '../base/icon.ts';
import { isolate } from '../base/isolate.ts';
import { shownName } from '../base/person.ts';
import { buttons, tokens } from '../base/styles.ts';
import { hasChime, playChime } from '../notices/chime.ts';
import { noticeLook } from '../notices/notice-look.ts';
import { noticesStyles } from '../notices/notices-styles.ts';
import { pillsOf, type Pill, type PillAction } from '../notices/pills-of.ts';
import { chosenSpeakerId } from '../page/page-devices.ts';
import { preferences } from '../page/preferences.ts';
import type { Call } from '../stores/call-of.ts';
import type { Notice, NoticeContent } from '../stores/create-notices.ts';
import { errorText } from '../texts/error-text.ts';

/** A longer message is read in the chat. */
const maxShownCharacters = 160;

/**
 * What happens in a call, over the lower start corner of the nearest positioned element, and what lasts, such as a recording,
 * over its upper edge. Moves nothing else, and lets clicks pass between its notices.
 *
 * @csspart notice - One notice.
 * @csspart state - A state that lasts.
 * @fires parley-open-chat - When the user chooses the notice of a message.
 */
export class ParleyNotices extends CallElement {
  static override styles: CSSResultGroup = [tokens, buttons, noticesStyles];

  #heardKey = 0;
  #heardCall: Call | undefined;
  #uses = { isPointedAt: false, hasFocus: false };
  #focused: Element | null = null;

  /** What the user reads or uses does not vanish. */
  #hold(use: 'isPointedAt' | 'hasFocus', isHeld: boolean): void {
    this.#uses = { ...this.#uses, [use]: isHeld };
    this.call?.notices.setHeld(this.#uses.isPointedAt || this.#uses.hasFocus);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#uses = { isPointedAt: false, hasFocus: false };
    this.call?.notices.setHeld(false);
  }

  protected override willUpdate(): void {
    this.#focused = this.shadowRoot?.activeElement ?? null;
  }

  protected override render(): TemplateResult {
    const call = this.call;
    const notices = call ? this.read(call.notices).notices : [];
    const list = (shown: readonly Notice[]): unknown =>
      call &&
      repeat(
        shown,
        ({ key }) => key,
        (notice) => this.#renderNotice(call, notice),
      );
    // The regions are there before their contents, because screen readers announce changes only.
    return html`
      <div class="pills" role="status">${call ? this.#renderPills(call) : nothing}</div>
      <section
        class="toasts"
        aria-label=${this.text('notice.label')}
        @pointerenter=${() => this.#hold('isPointedAt', true)}
        @pointerleave=${() => this.#hold('isPointedAt', false)}
        @focusin=${() => this.#hold('hasFocus', true)}
        @focusout=${() => this.#hold('hasFocus', false)}
      >
        <div role="status" aria-atomic="false">${list(notices.filter((notice) => !isError(notice)))}</div>
        <div role="alert" aria-atomic="false">${list(notices.filter(isError))}</div>
      </section>
    `;
  }

  #renderPills(call: Call): unknown {
    const snapshot = this.read(call.conference.state);
    const warnings = this.read(call.ownMedia.warnings);
    const isSharing = this.read(call.ownMedia.screen).stream !== undefined;
    // The list of those who wait is empty unless somebody watches it, and then nobody would announce them.
    if (selectPermissions(snapshot).canModerate) this.read(call.conference.waitingRoom);
    return repeat(
      pillsOf(snapshot, warnings, isSharing),
      ({ id }) => id,
      (pill) => this.#renderPill(call, pill),
    );
  }

  #renderPill(call: Call, { icon: name, text, look, action }: Pill): TemplateResult {
    const act = (id: PillAction): void => void this.#act(call, id);
    if (look === 'playback' && action) {
      return html`<div part="state" class="pill ${look}">
        <button class="button primary" type="button" title=${this.text(text)} @click=${() => act(action.id)}>
          ${name === 'spinner' ? nothing : icon(name)} ${this.text(action.text)}
        </button>
      </div>`;
    }
    return html`<div part="state" class="pill ${look}">
      ${name === 'spinner' ? html`<span class="spinner" aria-hidden="true"></span>` : icon(name)}
      <span dir="auto">${this.text(text)}</span>
      ${
        action
          ? html`<button class="action" type="button" @click=${() => act(action.id)}>
              ${this.text(action.text)}
            </button>`
          : nothing
      }
    </div>`;
  }

  async #act({ conference, ownMedia, attempt, setOnHold }: Call, action: PillAction): Promise<void> {
    if (action === 'start-playback') await attempt(() => conference.startPlayback());
    if (action === 'resume') await setOnHold(false);
    if (action === 'unmute') await ownMedia.camera.unmute('audio');
    if (action === 'stop-sharing') await ownMedia.screen.stop();
  }

  #renderNotice(call: Call, { key, content }: Notice): TemplateResult {
    const dismiss = (): void => call.notices.dismiss(key);
    const look = noticeLook(content);
    const label = this.text('notice.dismiss');
    return html`<div part="notice" class="toast ${look ? '' : 'error'}">
      ${icon(look?.icon ?? 'warning')}
      <span class="words" dir="auto">${this.#wordsOf(content)}</span>
      ${this.#renderAction(call, content, dismiss)}
      <button class="icon-button dismiss" type="button" aria-label=${label} title=${label} @click=${dismiss}>
        ${icon('close')}
      </button>
    </div>`;
  }

  #wordsOf(content: NoticeContent): unknown {
    const look = noticeLook(content);
    if (content.code === 'error') return errorText(this.allTexts, content.error);
    if (!look) return nothing;
    if (!('person' in content)) return this.text(look.text);
    const name = shownName(content.person, this.text('tile.guest'));
    const text = 'text' in content ? shortened(content.text) : '';
    return isolate(this.text(look.text), { name, text });
  }

  #renderAction(call: Call, content: NoticeContent, dismiss: () => void): TemplateResult | typeof nothing {
    const { conference, attempt } = call;
    const button = (label: string, act: () => void): TemplateResult =>
      html`<button
        class="action"
        type="button"
        @click=${() => {
          dismiss();
          act();
        }}
      >
        ${label}
      </button>`;
    if (content.code === 'message') {
      return button(this.text('notice.reply'), () => this.emit('parley-open-chat', undefined));
    }
    if (content.code !== 'waiting') return nothing;
    const { endpointId } = content;
    return button(
      this.text('notice.admit'),
      () => void attempt(() => conference.waitingRoom.admit(endpointId)),
    );
  }

  protected override updated(_changed: PropertyValues<this>): void {
    this.#keepFocus();
    this.#chime();
  }

  /** Browsers report neither that what had the focus is gone, nor that what was under the pointer is. */
  #keepFocus(): void {
    const isGone = this.#focused !== null && !this.#focused.isConnected;
    const others = Array.from(this.shadowRoot?.querySelectorAll<HTMLElement>('.dismiss') ?? []);
    if (isGone) others.at(-1)?.focus();
    if (others.length > 0) return;
    this.#hold('isPointedAt', false);
    this.#hold('hasFocus', false);
  }

  #chime(): void {
    const call = this.call;
    const newest = call?.notices.getSnapshot().notices.findLast(({ content }) => hasChime(content.code));
    const isNew = newest !== undefined && newest.key > this.#heardKey && call === this.#heardCall;
    // What was there before the element is no news.
    if (call !== this.#heardCall) this.#heardKey = 0;
    this.#heardCall = call;
    this.#heardKey = Math.max(this.#heardKey, newest?.key ?? 0);
    if (isNew && preferences.getSnapshot().hasSounds) void playChime(newest.content.code, chosenSpeakerId());
  }
}

function isError({ content }: Notice): boolean {
  return content.code === 'error';
}

function shortened(text: string): string {
  const characters = Array.from(text.replaceAll(/\s+/g, ' '));
  const isLong = characters.length > maxShownCharacters;
  return isLong ? `${characters.slice(0, maxShownCharacters).join('')}…` : characters.join('');
}

define('parley-notices', ParleyNotices);

declare global {
  interface HTMLElementTagNameMap {
    'parley-notices': ParleyNotices;
  }
}
