import { ParleyPeople as ParleyPeopleElement } from '@parley-rtc/elements/people';
import { component, type ElementComponent } from './component.ts';

/** `<parley-people>` as a component. */
export const ParleyPeople: ElementComponent<'parley-people'> = component(
  'parley-people',
  ParleyPeopleElement,
  { onClose: 'parley-close' },
);
