import type { TypedConference } from '@parley-rtc/sdk';
import { boolean, nonEmpty, object, optional, pipe, string } from 'valibot';

/** The metadata and events that the demo's pages exchange. Pages show only what fits these schemas. */
export const schemas = {
  participant: object({
    name: pipe(string(), nonEmpty()),
    isHandRaised: optional(boolean(), false),
  }),
  events: {
    /** Sent by the demo's back end. */
    ChatMessageSentEvent: object({
      endpointId: string(),
      name: string(),
      text: string(),
      messageId: optional(string()),
    }),
  },
};

/** The conference, typed by these schemas. */
export type TypedCall = TypedConference<typeof schemas>;
