import { selectLobby, selectLock, type ConferenceSnapshot } from '@parley-rtc/sdk';
import { html, type TemplateResult } from 'lit';
import { icon } from '../base/icon.ts';
import type { Call } from '../stores/call-of.ts';
import type { TextOf } from './panel-element.ts';
import { actionsFor, muteEveryone } from './people-actions.ts';
import { switchRow } from './switch-row.ts';

/** What moderators can do to the whole call. */
export function hostControls(
  { conference, attempt }: Call,
  snapshot: ConferenceSnapshot,
  text: TextOf,
): TemplateResult {
  const { moderation } = conference;
  const isLocked = selectLock(snapshot) !== undefined;
  const isAnyoneHeard = snapshot.conference.participants.some(({ id }) =>
    actionsFor(snapshot, id).includes('mute'),
  );
  return html`<footer part="host-controls">
    <h3>${text('people.host-controls')}</h3>
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
    <button
      class="button"
      type="button"
      ?disabled=${!isAnyoneHeard}
      @click=${() => void attempt(() => muteEveryone(conference))}
    >
      ${icon('microphone-off')} ${text('people.mute-all')}
    </button>
  </footer>`;
}
