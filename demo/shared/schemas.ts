import type { TypedConference } from '@parley-rtc/sdk';
import { boolean, nonEmpty, object, optional, pipe, string } from 'valibot';

/** What the pages of this demo say to each other. Whatever else somebody sends, only what fits this is shown. */
export const schemas = {
  participant: object({
    name: pipe(string(), nonEmpty()),
    isHandRaised: optional(boolean(), false),
  }),
  events: {
    /** Sent by our back end. */
    ChatMessageSentEvent: object({ endpointId: string(), name: string(), text: string() }),
  },
};

/** The conference as these schemas see it. */
export type TypedCall = TypedConference<typeof schemas>;
