import '@parley-rtc/elements/people';
import { component, type ElementComponent } from './component.ts';

/** `<parley-people>` as a component. */
export const ParleyPeople: ElementComponent<'parley-people'> = component(
  'parley-people',
  { texts: null, conference: null },
  { close: 'parley-close' },
);
