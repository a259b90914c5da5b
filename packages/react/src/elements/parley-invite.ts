import { ParleyInvite as ParleyInviteElement } from '@parley-rtc/elements/invite';
import { component, type ElementComponent } from './component.ts';

/** `<parley-invite>` as a component. */
export const ParleyInvite: ElementComponent<'parley-invite'> = component(
  'parley-invite',
  ParleyInviteElement,
  { onClose: 'parley-close' },
);
