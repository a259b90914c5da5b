import '@parley-rtc/elements/call';
import { component, type ElementComponent } from './component.ts';

/** `<parley-call>` as a component. */
export const ParleyCall: ElementComponent<'parley-call'> = component(
  'parley-call',
  {
    texts: null,
    server: null,
    ticket: null,
    token: null,
    conferenceId: null,
    name: null,
    inviteLink: null,
    joinOptions: null,
    backgrounds: null,
  },
  { joined: 'parley-joined', ended: 'parley-ended' },
);
