import { ParleyDeviceMenu as ParleyDeviceMenuElement } from '@parley-rtc/elements/device-menu';
import { component, type ElementComponent } from './component.ts';

/** `<parley-device-menu>` as a component. */
export const ParleyDeviceMenu: ElementComponent<'parley-device-menu'> = component(
  'parley-device-menu',
  ParleyDeviceMenuElement,
  {},
);
