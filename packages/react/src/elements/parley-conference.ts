import { ParleyConference as ParleyConferenceElement } from '@parley-rtc/elements/conference';
import { component, type ElementComponent } from './component.ts';

/** `<parley-conference>` as a component. */
export const ParleyConference: ElementComponent<'parley-conference'> = component(
  'parley-conference',
  ParleyConferenceElement,
  {},
);
