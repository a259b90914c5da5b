import '@parley-rtc/elements/menu';
import { component, type ElementComponent } from './component.ts';

/** `<parley-menu>` as a component. */
export const ParleyMenu: ElementComponent<'parley-menu'> = component(
  'parley-menu',
  { texts: null, items: null, label: null, icon: null },
  { menuSelect: 'parley-menu-select' },
);
