import type { TextOf } from '../base/parley-element.ts';
import { shownName } from '../base/person.ts';
import type { Tile } from '../stores/tiles-of.ts';

/** What a tile is called: "You" for ourselves. */
export function tileName({ isSelf, kind, person }: Tile, text: TextOf): string {
  if (isSelf) return text(kind === 'screen' ? 'tile.your-screen' : 'tile.you');
  const name = shownName(person, text('tile.guest'));
  return kind === 'screen' ? text('tile.screen-of', { name }) : name;
}
