import { ParleyTile as ParleyTileElement } from '@parley-rtc/elements/tile';
import { component, type ElementComponent } from './component.ts';

/** `<parley-tile>` as a component. */
export const ParleyTile: ElementComponent<'parley-tile'> = component('parley-tile', ParleyTileElement, {
  onPin: 'parley-pin',
  onRemove: 'parley-remove',
  onAspect: 'parley-aspect',
});
