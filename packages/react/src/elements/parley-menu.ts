import { ParleyMenu as ParleyMenuElement } from '@parley-rtc/elements/menu';
import { component, type ElementComponent } from './component.ts';

/** `<parley-menu>` as a component. */
export const ParleyMenu: ElementComponent<'parley-menu'> = component('parley-menu', ParleyMenuElement, {
  onMenuSelect: 'parley-menu-select',
});
