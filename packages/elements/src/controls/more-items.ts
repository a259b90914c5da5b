import type { MenuItem } from '../base/menu-item.ts';
import { reactionEmojis } from '../stores/create-reactions.ts';
import type { TextKey } from '../texts/en.ts';

/** What decides about the menu of the controls. */
export interface MoreState {
  /** Whether some buttons have no room in the bar. */
  readonly isNarrow: boolean;
  readonly canShare: boolean;
  readonly isSharing: boolean;
  readonly isHandUp: boolean;
  readonly canSend: boolean;
  readonly isOnHold: boolean;
  readonly canFlipCamera: boolean;
  readonly canRecord: boolean;
  readonly isRecording: boolean;
  readonly canFillScreen: boolean;
  readonly isFullScreen: boolean;
  readonly canEnd: boolean;
}

/** So many reactions fit into a menu beside the rest. */
const reactionsInMenu = 4;

/** The items of the menu: what has no room in the bar, what is used now and then, and ending the call at the bottom. */
export function moreItemsOf(state: MoreState, text: (key: TextKey) => string): readonly MenuItem[] {
  const items: (MenuItem | false)[] = [
    ...(state.isNarrow ? narrowItems(state, text) : []),
    { id: 'invite', label: text('controls.invite'), icon: 'invite' },
    { id: 'settings', label: text('controls.settings'), icon: 'settings' },
    state.isOnHold
      ? { id: 'hold', label: text('controls.resume'), icon: 'play' }
      : { id: 'hold', label: text('controls.hold'), icon: 'pause' },
    state.canFlipCamera && { id: 'flip-camera', label: text('controls.flip-camera'), icon: 'flip-camera' },
    state.canRecord && {
      id: 'record',
      label: text(state.isRecording ? 'controls.stop-recording' : 'controls.record'),
      icon: 'record',
    },
    state.canFillScreen &&
      (state.isFullScreen
        ? { id: 'full-screen', label: text('controls.exit-full-screen'), icon: 'exit-full-screen' }
        : { id: 'full-screen', label: text('controls.full-screen'), icon: 'full-screen' }),
    state.canEnd && { separator: true },
    state.canEnd && { id: 'end', label: text('controls.end-for-all'), icon: 'close', isDanger: true },
  ];
  return items.filter((item) => item !== false);
}

function narrowItems(state: MoreState, text: (key: TextKey) => string): readonly (MenuItem | false)[] {
  return [
    state.canShare &&
      (state.isSharing
        ? { id: 'share', label: text('controls.stop-sharing'), icon: 'stop-sharing' }
        : { id: 'share', label: text('controls.share'), icon: 'share-screen' }),
    {
      id: 'hand',
      label: text(state.isHandUp ? 'controls.lower-hand' : 'controls.raise-hand'),
      icon: 'hand',
    },
    { id: 'people', label: text('controls.people'), icon: 'people' },
    state.canSend && { heading: text('controls.react') },
    ...(state.canSend
      ? reactionEmojis.slice(0, reactionsInMenu).map((emoji) => ({ id: emoji, label: emoji }))
      : []),
    { separator: true },
  ];
}
