import { ParleyDeviceSelect as ParleyDeviceSelectElement } from '@parley-rtc/elements/device-select';
import { component, type ElementComponent } from './component.ts';

/** `<parley-device-select>` as a component. */
export const ParleyDeviceSelect: ElementComponent<'parley-device-select'> = component(
  'parley-device-select',
  ParleyDeviceSelectElement,
  {},
);
