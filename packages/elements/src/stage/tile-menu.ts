import type { MenuItem } from '../base/menu-item.ts';
import type { TextOf } from '../base/parley-element.ts';
import { actionItem } from '../panels/people-actions.ts';
import type { ViewChoice, ViewQuality } from '../stores/create-views.ts';
import type { Tile } from '../stores/tiles-of.ts';

/** What decides about the menu of a tile. */
export interface TileMenuState {
  readonly tile: Tile;
  readonly choice: ViewChoice;
  readonly isPinned: boolean;
  readonly isFullScreen: boolean;
  readonly canFillScreen: boolean;
  readonly canFloat: boolean;
  readonly canModerate: boolean;
  /** BCP 47, for numbers. */
  readonly language: string;
}

const qualities: readonly ViewQuality[] = ['auto', 'high', 'low', 'audio-only'];
const volumesPercent = [100, 50, 0];

/** The items of a tile's menu: how it is shown, what is received of it, and what a moderator can do. */
export function tileMenuItems(state: TileMenuState, text: TextOf): readonly MenuItem[] {
  const { tile, isPinned, isFullScreen, choice } = state;
  const isReceived = !tile.isSelf && tile.hasVideo;
  const items: (MenuItem | false)[] = [
    isPinned
      ? { id: 'pin', label: text('tile.unpin'), icon: 'unpin' }
      : { id: 'pin', label: text('tile.pin'), icon: 'pin' },
    state.canFillScreen &&
      (isFullScreen
        ? { id: 'full-screen', label: text('controls.exit-full-screen'), icon: 'exit-full-screen' }
        : { id: 'full-screen', label: text('tile.full-screen'), icon: 'full-screen' }),
    tile.hasVideo &&
      choice.quality !== 'audio-only' &&
      state.canFloat && {
        id: 'picture-in-picture',
        label: text('tile.picture-in-picture'),
        icon: 'picture-in-picture',
      },
    isReceived && { heading: text('tile.quality') },
    ...(isReceived
      ? qualities.map((quality): MenuItem => ({
          id: `quality-${quality}`,
          label: text(`tile.quality-${quality}`),
          isChecked: choice.quality === quality,
        }))
      : []),
    ...volumeItems(state, text),
    ...moderatorItems(state, text),
  ];
  return items.filter((item) => item !== false);
}

function volumeItems({ tile, choice, language }: TileMenuState, text: TextOf): readonly MenuItem[] {
  if (tile.isSelf || tile.kind !== 'camera' || tile.audioStreamId === undefined) return [];
  return [
    { heading: text('tile.volume') },
    ...volumesPercent.map((percent) => ({
      id: `volume-${percent}`,
      label: percentText(percent, language),
      isChecked: choice.volume === percent / 100,
    })),
  ];
}

/** A percentage as people write it in a language. */
export function percentText(percent: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent' }).format(percent / 100);
}

function moderatorItems({ tile, canModerate }: TileMenuState, text: TextOf): readonly MenuItem[] {
  const { isSelf, kind, microphone, hasVideo } = tile;
  if (isSelf || !canModerate) return [];
  const items: (MenuItem | false)[] = [
    { separator: true },
    kind === 'camera' && microphone === 'on' && actionItem('mute', text),
    kind === 'camera' && hasVideo && actionItem('stop-camera', text),
    kind === 'screen' && { id: 'stop-screen', label: text('controls.stop-sharing'), icon: 'stop-sharing' },
    actionItem('remove', text),
  ];
  return items.filter((item) => item !== false);
}
