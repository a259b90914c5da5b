import '@parley-rtc/elements/tile';
import { component, type ElementComponent } from './component.ts';

/** `<parley-tile>` as a component. */
export const ParleyTile: ElementComponent<'parley-tile'> = component(
  'parley-tile',
  { texts: null, conference: null, tile: null, isPinned: Boolean, hasMenu: Boolean },
  { pin: 'parley-pin', remove: 'parley-remove', aspect: 'parley-aspect' },
);
