import type { Messages } from '../messages/messages.ts';

/** The messages of a server on which nobody sends any. */
export const noMessages: Pick<Messages, 'onSent' | 'open'> = {
  onSent: () => () => {},
  open: () => Promise.reject(new Error('Nobody reads messages in this test.')),
};
