import '@parley-rtc/elements/device-menu';
import { component, type ElementComponent } from './component.ts';

/** `<parley-device-menu>` as a component. */
export const ParleyDeviceMenu: ElementComponent<'parley-device-menu'> = component(
  'parley-device-menu',
  { texts: null, kind: null },
  {},
);
