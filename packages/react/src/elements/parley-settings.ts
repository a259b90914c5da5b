import { ParleySettings as ParleySettingsElement } from '@parley-rtc/elements/settings';
import { component, type ElementComponent } from './component.ts';

/** `<parley-settings>` as a component. */
export const ParleySettings: ElementComponent<'parley-settings'> = component(
  'parley-settings',
  ParleySettingsElement,
  { onClose: 'parley-close' },
);
