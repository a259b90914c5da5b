import type { TypedConference } from '@parley-rtc/sdk';
import { boolean, nonEmpty, object, optional, pipe, string } from 'valibot';

/** The metadata that the demo's pages exchange. Pages show only what fits this schema. */
export const schemas = {
  participant: object({
    name: pipe(string(), nonEmpty()),
    isHandRaised: optional(boolean(), false),
  }),
};

/** The payload of a chat message. */
export const chatPayload = object({
  name: optional(pipe(string(), nonEmpty()), 'Guest'),
  text: pipe(string(), nonEmpty()),
});

/** The conference, typed by these schemas. */
export type TypedCall = TypedConference<typeof schemas>;
