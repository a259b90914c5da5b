import { displayNameOf, type WaitingGuest } from '@parley-rtc/sdk';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { icon } from '../base/icon.ts';
import type { TextOf } from '../base/parley-element.ts';
import { shownName } from '../base/person.ts';
import type { Call } from '../stores/call-of.ts';
import { avatar } from './avatar.ts';
import { personName } from './person-name.ts';

/** Who waits to be let in, with what moderators can decide. Nothing while nobody waits. */
export function waitingList(
  { conference: { waitingRoom }, attempt }: Call,
  guests: readonly WaitingGuest[],
  text: TextOf,
): TemplateResult | typeof nothing {
  if (guests.length === 0) return nothing;
  const row = (guest: WaitingGuest): TemplateResult => {
    const person = displayNameOf(guest);
    const name = shownName(person, text('tile.guest'));
    const { endpointId } = guest;
    return html`<li part="person">
      <div class="row">
        ${avatar(name)} ${personName(person, name, text)}
        <div class="decide">
          <button
            class="icon-button"
            type="button"
            aria-label="${text('people.deny')}: ${name}"
            title=${text('people.deny')}
            @click=${() => void attempt(() => waitingRoom.deny(endpointId))}
          >
            ${icon('close')}
          </button>
          <button
            class="button primary admit"
            type="button"
            aria-label="${text('people.admit')}: ${name}"
            @click=${() => void attempt(() => waitingRoom.admit(endpointId))}
          >
            ${text('people.admit')}
          </button>
        </div>
      </div>
    </li>`;
  };
  const admitAll = html`<button
    class="button plain text-button"
    type="button"
    @click=${() => void attempt(() => waitingRoom.admitAll())}
  >
    ${text('people.admit-all')}
  </button>`;
  return html`<section class="waiting" aria-labelledby="waiting">
    <div class="section-head">
      <h3 id="waiting">${text('people.waiting')} (${guests.length})</h3>
      ${guests.length > 1 ? admitAll : nothing}
    </div>
    <ul>
      ${repeat(guests, ({ endpointId }) => endpointId, row)}
    </ul>
  </section>`;
}
