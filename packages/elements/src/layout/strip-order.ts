import type { LayoutTile } from './layout.ts';

/**
 * Puts what matters most on the first page of a filmstrip with so many places: screens of other participants, the self-view
 * where there are two places or more, and in any case the first other camera, which is where `orderTiles` brings a speaker.
 */
export function stripOrder(tiles: readonly LayoutTile[], places: number): readonly LayoutTile[] {
  const screens = tiles.filter(({ kind, isSelf }) => kind === 'screen' && !isSelf);
  const selfViews = tiles.filter(isSelfView);
  const cameras = tiles.filter(({ kind, isSelf }) => kind === 'camera' && !isSelf);
  const ownScreens = tiles.filter(({ kind, isSelf }) => kind === 'screen' && isSelf);
  const lead = Math.max(0, places - 1);
  const leadingSelfViews = selfViews.slice(0, lead);
  const leadingScreens = screens.slice(0, lead - leadingSelfViews.length);
  return [
    ...leadingScreens,
    ...leadingSelfViews,
    ...cameras.slice(0, 1),
    ...screens.slice(leadingScreens.length),
    ...selfViews.slice(leadingSelfViews.length),
    ...cameras.slice(1),
    ...ownScreens,
  ];
}

/** Whether a tile shows my camera. */
export function isSelfView({ kind, isSelf }: LayoutTile): boolean {
  return kind === 'camera' && isSelf;
}
