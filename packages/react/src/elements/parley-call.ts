import { ParleyCall as ParleyCallElement } from '@parley-rtc/elements/call';
import { component, type ElementComponent } from './component.ts';

/** `<parley-call>` as a component. */
export const ParleyCall: ElementComponent<'parley-call'> = component('parley-call', ParleyCallElement, {
  onJoined: 'parley-joined',
  onEnded: 'parley-ended',
});
