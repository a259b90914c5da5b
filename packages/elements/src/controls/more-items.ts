import type { MenuItem } from '../base/menu-item.ts';
import { reactionEmojis } from '../stores/create-reactions.ts';
import type { TextKey } from '../texts/en.ts';
import { format } from '../texts/format.ts';

/** What decides about the menu of the controls. */
export interface MoreState {
  /** The buttons that have no room in the bar, by their ids. */
  readonly away: ReadonlySet<string>;
  /** The names of the page's own buttons that have no room. */
  readonly ownAway: readonly string[];
  readonly unreadCount: number;
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
  /** Undefined where the call cannot be shown in a small window. */
  readonly pictureInPicture: 'open' | 'closed' | undefined;
  readonly canEnd: boolean;
}

/** The items of the menu: what has no room in the bar, what is used now and then, and ending the call at the bottom. */
export function moreItemsOf(state: MoreState, text: (key: TextKey) => string): readonly MenuItem[] {
  const items: (MenuItem | false)[] = [
    ...awayItems(state, text),
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
    state.pictureInPicture !== undefined && {
      id: 'picture-in-picture',
      label: text(
        state.pictureInPicture === 'open'
          ? 'controls.exit-picture-in-picture'
          : 'controls.picture-in-picture',
      ),
      icon: 'picture-in-picture',
    },
    state.canEnd && { separator: true },
    state.canEnd && { id: 'end', label: text('controls.end-for-all'), icon: 'close', isDanger: true },
  ];
  return items.filter((item) => item !== false);
}

/** What the bar has no room for, in the order of the bar. */
function awayItems(state: MoreState, text: (key: TextKey) => string): readonly (MenuItem | false)[] {
  const { away, ownAway, unreadCount } = state;
  const hasReactions = state.canSend && away.has('react');
  const items: (MenuItem | false)[] = [
    away.has('share') &&
      state.canShare &&
      (state.isSharing
        ? { id: 'share', label: text('controls.stop-sharing'), icon: 'stop-sharing' }
        : { id: 'share', label: text('controls.share'), icon: 'share-screen' }),
    away.has('hand') && {
      id: 'hand',
      label: text(state.isHandUp ? 'controls.lower-hand' : 'controls.raise-hand'),
      icon: 'hand',
    },
    away.has('chat') && {
      id: 'chat',
      label: format(text(unreadCount > 0 ? 'controls.chat-unread' : 'controls.chat'), { count: unreadCount }),
      icon: 'chat',
    },
    away.has('people') && { id: 'people', label: text('controls.people'), icon: 'people' },
    ...ownAway.map((label, index): MenuItem => ({ id: `own-${index}`, label, icon: 'more' })),
    hasReactions && { heading: text('controls.react') },
    ...(hasReactions ? reactionEmojis.map((emoji) => ({ id: emoji, label: emoji, isShort: true })) : []),
  ];
  const isEmpty = items.every((item) => item === false);
  return isEmpty ? [] : [...items, { separator: true }];
}
