import type { MenuItem, MenuSelectDetail } from '../base/menu-item.ts';
import type { TextOf } from '../base/parley-element.ts';
import { backgrounds, type BackgroundsState } from '../page/backgrounds.ts';

const prefix = 'background/';

/** The menu of backgrounds: none, and what the page offers. */
export function backgroundItems(
  { offered, chosen }: Pick<BackgroundsState, 'offered' | 'chosen'>,
  text: TextOf,
): readonly MenuItem[] {
  return [
    { heading: text('lobby.background') },
    { id: prefix, label: text('lobby.background-none'), isChecked: chosen === undefined },
    ...offered.map(({ id, label }) => ({ id: `${prefix}${id}`, label, isChecked: chosen?.id === id })),
  ];
}

/** Chooses what the user has selected in that menu. */
export function chooseBackground(event: CustomEvent<MenuSelectDetail>): void {
  event.stopPropagation();
  backgrounds.choose(event.detail.id.slice(prefix.length) || undefined);
}
