import { ParleyChat as ParleyChatElement } from '@parley-rtc/elements/chat';
import { component, type ElementComponent } from './component.ts';

/** `<parley-chat>` as a component. */
export const ParleyChat: ElementComponent<'parley-chat'> = component('parley-chat', ParleyChatElement, {
  onClose: 'parley-close',
});
