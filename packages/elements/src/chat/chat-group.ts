import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { icon } from '../base/icon.ts';
import { shownName } from '../base/person.ts';
import type { ChatLine } from '../stores/create-chat.ts';
import type { Texts } from '../texts/en.ts';
import { errorText } from '../texts/error-text.ts';
import { clockTime } from './clock-time.ts';
import type { LineGroup } from './group-lines.ts';
import { linksIn, type TextPart } from './links-in.ts';

/** What groups need from their chat. */
export interface ChatGroupContext {
  readonly texts: Texts;
  readonly language: string;
  /** Sends a line again that failed. */
  readonly retry: (key: string) => void;
}

/** Up to three emojis alone are shown large. */
const onlyEmojis =
  /^(?:\p{Extended_Pictographic}(?:\u{FE0F}|\p{EMod}|\u{200D}\p{Extended_Pictographic})*\s*){1,3}$/u;

/** Lines of one person: who says them, when, and the lines. */
export function chatGroup(
  { lines, isFirstUnread }: LineGroup,
  { texts, language, retry }: ChatGroupContext,
): TemplateResult {
  const [{ isOwn, person, sentAt }] = lines;
  const name = isOwn ? texts['tile.you'] : shownName(person, texts['tile.guest']);
  const verified = texts['tile.verified'];
  const renderLine = (line: ChatLine, index: number): TemplateResult => {
    // Screen readers hear a further line without the head of its group.
    const speaker = index === 0 ? nothing : html`<span class="visually-hidden">${name}: </span>`;
    const classes = `bubble ${line.status} ${onlyEmojis.test(line.text) ? 'large' : ''}`;
    return html`<div part="message" class=${classes}>
        ${speaker}<span class="text" dir="auto">${linksIn(line.text).map(partOf)}</span>
      </div>
      ${statusOf(line, texts, retry)}`;
  };
  return html`
    ${isFirstUnread ? html`<div class="divider">${texts['chat.new-messages']}</div>` : nothing}
    <div class="group ${isOwn ? 'own' : ''}">
      <div class="meta">
        <bdi class="name" title=${name}>${name}</bdi>
        ${
          person.isVerified && !isOwn
            ? html`<span class="verified" role="img" aria-label=${verified} title=${verified}
                >${icon('verified')}</span
              >`
            : nothing
        }
        <time dir="auto" datetime=${sentAt}>${clockTime(sentAt, language)}</time>
      </div>
      ${repeat(lines, ({ key }) => key, renderLine)}
    </div>
  `;
}

function statusOf(
  { key, status, error }: ChatLine,
  texts: Texts,
  retry: (key: string) => void,
): TemplateResult | typeof nothing {
  if (status === 'sending') return html`<div class="status">${texts['chat.sending']}</div>`;
  if (status !== 'failed') return nothing;
  return html`<div class="status problem">
    <span>${texts['chat.failed']}${error ? html`. ${errorText(texts, error)}` : nothing}</span>
    <button class="button plain" type="button" @click=${() => retry(key)}>${texts['chat.try-again']}</button>
  </div>`;
}

function partOf({ text, href }: TextPart): TemplateResult | string {
  if (href === undefined) return text;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer" title=${href}>${text}</a>`;
}
