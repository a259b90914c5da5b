import type { IconName } from '../base/icons.ts';
import type { Tile } from '../stores/tiles-of.ts';
import type { TextKey } from '../texts/en.ts';

/** An icon beside a person, with its meaning. */
export interface PersonState {
  readonly icon: IconName;
  readonly text: TextKey;
  readonly look: '' | 'hand' | 'speaking' | 'off';
}

/** What a list shows of a person: hand, screen, microphone, camera. */
export function personStates(tile: Tile, isSharing: boolean): readonly PersonState[] {
  const states: (PersonState | undefined)[] = [
    tile.handRaisedAt === undefined ? undefined : { icon: 'hand', text: 'tile.hand-raised', look: 'hand' },
    isSharing ? { icon: 'share-screen', text: 'people.sharing', look: '' } : undefined,
    tile.hasVideo
      ? { icon: 'camera', text: 'people.camera-on', look: '' }
      : { icon: 'camera-off', text: 'people.camera-off', look: '' },
    microphoneState(tile),
  ];
  return states.filter((state) => state !== undefined);
}

function microphoneState({ microphone, mutedBy, isSpeaking }: Tile): PersonState {
  if (microphone === 'off') return { icon: 'microphone-off', text: 'tile.no-microphone', look: '' };
  if (microphone === 'muted') {
    return { icon: 'microphone-off', text: mutedBy ? 'tile.muted-by-host' : 'tile.muted', look: 'off' };
  }
  return isSpeaking
    ? { icon: 'microphone', text: 'tile.speaking', look: 'speaking' }
    : { icon: 'microphone', text: 'people.microphone-on', look: '' };
}
