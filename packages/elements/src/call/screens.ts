import { html, nothing, type TemplateResult } from 'lit';
import type { TextOf } from '../base/parley-element.ts';
import type { VisitEnding, VisitState } from '../stores/create-visit.ts';
import type { TextKey, Texts } from '../texts/en.ts';
import { errorText } from '../texts/error-text.ts';

/** A screen with a heading and a sentence, such as why there can be no call. */
export function messageScreen(title: TextKey, hint: TextKey, text: TextOf): TemplateResult {
  return html`<div class="screen">
    <h1 tabindex="-1">${text(title)}</h1>
    <p>${text(hint)}</p>
  </div>`;
}

/** The screen of those who wait to be admitted. */
export function waitingScreen({ waiting }: VisitState, text: TextOf, onLeave: () => void): TemplateResult {
  return html`<div class="screen">
    <div class="pulse" aria-hidden="true"></div>
    <h1 tabindex="-1">${text('waiting.title')}</h1>
    <p role="status">${waiting?.message ?? text('waiting.hint')}</p>
    <div class="actions">
      <button class="button" type="button" @click=${onLeave}>${text('waiting.leave')}</button>
    </div>
  </div>`;
}

/** What the user can do after a call. */
export interface EndActions {
  readonly rejoin: () => void;
  readonly goBack: () => void;
}

/** The user may come back after these. */
const rejoinable: ReadonlySet<VisitEnding> = new Set(['left', 'lost']);
/** There was no call to come back to. */
const neverInside: ReadonlySet<VisitEnding> = new Set(['expired', 'gone']);

/** The screen after a call, or instead of one: how it ended, and what to do now. */
export function endScreen(
  state: VisitState,
  texts: Texts,
  text: TextOf,
  actions: EndActions,
): TemplateResult {
  const { ending = 'left' } = state;
  const hint = hintOf(state, texts, text);
  const back = neverInside.has(ending) ? 'ended.try-again' : 'ended.back';
  return html`<div class="screen">
    <slot name="ended">
      <h1 tabindex="-1">${text(`ended.${ending}`)}</h1>
      ${hint === undefined ? nothing : html`<p>${hint}</p>`}
      <div class="actions">
        ${
          rejoinable.has(ending)
            ? html`<button class="button primary" type="button" @click=${actions.rejoin}>
                ${text('ended.rejoin')}
              </button>`
            : nothing
        }
        <button class="button" type="button" @click=${actions.goBack}>${text(back)}</button>
      </div>
    </slot>
  </div>`;
}

function hintOf({ ending, reason, error }: VisitState, texts: Texts, text: TextOf): string | undefined {
  if (ending === 'removed') {
    return reason === undefined ? undefined : text('ended.removed-reason', { text: reason });
  }
  if (ending === 'denied') return error && errorText(texts, error);
  if (ending === 'lost' || ending === 'expired' || ending === 'gone') return text(`ended.${ending}-hint`);
  return undefined;
}
