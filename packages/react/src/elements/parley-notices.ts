import { ParleyNotices as ParleyNoticesElement } from '@parley-rtc/elements/notices';
import { component, type ElementComponent } from './component.ts';

/** `<parley-notices>` as a component. */
export const ParleyNotices: ElementComponent<'parley-notices'> = component(
  'parley-notices',
  ParleyNoticesElement,
  { onOpenChat: 'parley-open-chat' },
);
