import {
  selectOnHold,
  selectPermissions,
  selectRecorder,
  selectSelf,
  type ConferenceSnapshot,
} from '@parley-rtc/sdk';
import type { IconName } from '../base/icons.ts';
import type { OwnWarnings } from '../stores/own-media.ts';
import type { TextKey } from '../texts/en.ts';

/** What a state lets the user do about it. */
export type PillAction = 'start-playback' | 'resume' | 'unmute' | 'stop-sharing';

/** A state of the call that lasts, shown for as long as it does. */
export interface Pill {
  readonly id:
    'reconnecting' | 'playback' | 'on-hold' | 'speaking-muted' | 'silent' | 'sharing' | 'recording';
  readonly icon: IconName | 'spinner';
  readonly text: TextKey;
  readonly look: '' | 'warning' | 'recording' | 'playback';
  readonly action?: { readonly id: PillAction; readonly text: TextKey };
}

const pills: Readonly<Record<Pill['id'], Omit<Pill, 'id'>>> = {
  reconnecting: { icon: 'spinner', text: 'notice.reconnecting', look: 'warning' },
  playback: {
    icon: 'speaker',
    text: 'notice.playback-blocked',
    look: 'playback',
    action: { id: 'start-playback', text: 'notice.start-playback' },
  },
  'on-hold': {
    icon: 'pause',
    text: 'notice.on-hold',
    look: 'warning',
    action: { id: 'resume', text: 'controls.resume' },
  },
  'speaking-muted': {
    icon: 'microphone-off',
    text: 'notice.speaking-muted',
    look: 'warning',
    action: { id: 'unmute', text: 'controls.unmute' },
  },
  silent: { icon: 'warning', text: 'notice.silent-microphone', look: 'warning' },
  sharing: {
    icon: 'share-screen',
    text: 'notice.sharing',
    look: '',
    action: { id: 'stop-sharing', text: 'controls.stop-sharing' },
  },
  recording: { icon: 'record', text: 'notice.recording', look: 'recording' },
};

/** What lasts at the moment, the most urgent first. */
export function pillsOf(
  snapshot: ConferenceSnapshot,
  warnings: OwnWarnings,
  isSharing: boolean,
): readonly Pill[] {
  const isOnHold = selectOnHold(snapshot);
  const isShown: Readonly<Record<Pill['id'], boolean>> = {
    reconnecting: snapshot.connection === 'reconnecting',
    playback: snapshot.playback.blockedStreamIds.length > 0,
    'on-hold': isOnHold,
    'speaking-muted': warnings.isSpeakingMuted && !isOnHold,
    silent: warnings.isMicrophoneSilent && !warnings.isSpeakingMuted && !isOnHold,
    sharing: isSharing,
    recording: selectRecorder(snapshot) !== undefined,
  };
  return (Object.keys(pills) as Pill['id'][])
    .filter((id) => isShown[id])
    .map((id) => {
      const { action, ...pill } = pills[id];
      return { id, ...pill, ...(action && mayDo(action.id, snapshot) && { action }) };
    });
}

function mayDo(action: PillAction, snapshot: ConferenceSnapshot): boolean {
  const { canModerate, publishSources } = selectPermissions(snapshot);
  if (action === 'unmute') return publishSources.includes('MIC');
  // Servers without permissions let everyone resume.
  if (action === 'resume') return canModerate || selectSelf(snapshot)?.permissions === undefined;
  return true;
}
