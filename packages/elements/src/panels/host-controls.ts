import { selectLobby, selectLock, type ConferenceSnapshot } from '@parley-rtc/sdk';
import { html, type TemplateResult } from 'lit';
import { icon } from '../base/icon.ts';
import type { TextOf } from '../base/parley-element.ts';
import type { Call } from '../stores/call-of.ts';
import { isAnyoneHeard, muteEveryone } from './people-actions.ts';
import { switchRow } from './switch-row.ts';

/** Who may come in, for moderators to decide. */
export function hostControls(
  { conference, attempt }: Call,
  snapshot: ConferenceSnapshot,
  text: TextOf,
): TemplateResult {
  const { moderation } = conference;
  const isLocked = selectLock(snapshot) !== undefined;
  return html`<footer part="host-controls" role="group" aria-label=${text('people.host-controls')}>
    ${switchRow({
      id: 'lock',
      label: text('people.lock'),
      hint: text('people.lock-hint'),
      icon: isLocked ? 'lock' : 'unlock',
      isOn: isLocked,
      onSwitch: (isOn) => void attempt(() => (isOn ? moderation.lock() : moderation.unlock())),
    })}
    ${switchRow({
      id: 'lobby',
      label: text('people.lobby'),
      hint: text('people.lobby-hint'),
      icon: 'door',
      isOn: selectLobby(snapshot) !== undefined,
      onSwitch: (isOn) => void attempt(() => (isOn ? moderation.openLobby() : moderation.closeLobby())),
    })}
  </footer>`;
}

/** A button for moderators, beside the title of the list. */
export function muteAllButton(
  { conference, attempt }: Call,
  snapshot: ConferenceSnapshot,
  text: TextOf,
): TemplateResult {
  return html`<button
    class="button plain text-button"
    type="button"
    ?disabled=${!isAnyoneHeard(snapshot)}
    @click=${() => void attempt(() => muteEveryone(conference))}
  >
    ${icon('microphone-off')} ${text('people.mute-all')}
  </button>`;
}
