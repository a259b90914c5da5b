import '@parley-rtc/elements/call-view';
import { component, type ElementComponent } from './component.ts';

/** `<parley-call-view>` as a component. */
export const ParleyCallView: ElementComponent<'parley-call-view'> = component(
  'parley-call-view',
  { texts: null, conference: null, inviteLink: null },
  {},
);
