import { displayNameOf, type WaitingGuest } from '@parley-rtc/sdk';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { shownName } from '../base/person.ts';
import type { Call } from '../stores/call-of.ts';
import { avatar } from './avatar.ts';
import type { TextOf } from './panel-element.ts';
import { personName } from './person-name.ts';

/** Who waits to be let in, with what moderators can decide. Nothing while nobody waits. */
export function waitingList(
  { conference: { waitingRoom }, attempt }: Call,
  guests: readonly WaitingGuest[],
  text: TextOf,
): TemplateResult | typeof nothing {
  if (guests.length === 0) return nothing;
  const button = (look: string, label: string, name: string, decide: () => Promise<unknown>) =>
    html`<button
      class="button ${look}"
      type="button"
      aria-label="${label}: ${name}"
      @click=${() => void attempt(decide)}
    >
      ${label}
    </button>`;
  const row = (guest: WaitingGuest): TemplateResult => {
    const person = displayNameOf(guest);
    const name = shownName(person, text('tile.guest'));
    const { endpointId } = guest;
    return html`<li part="person">
      <div class="row">
        ${avatar(name)} ${personName(person, name, text)}
        <div class="decide">
          ${button('plain', text('people.deny'), name, () => waitingRoom.deny(endpointId))}
          ${button('primary admit', text('people.admit'), name, () => waitingRoom.admit(endpointId))}
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
