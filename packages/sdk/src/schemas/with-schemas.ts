import { atBoundary, withBoundary } from '@parley-rtc/client';
import type { Conference } from '../conference/conference.ts';
import type { Verdict } from './check.ts';
import { entryToSend, messageToSend, metadataToSend } from './to-send.ts';
import type { ConferenceSchemas, TypedConference } from './typed-conference.ts';
import { own, verdictsBy } from './verdicts.ts';
import { watchInvalid } from './watch-invalid.ts';

/** What reading and writing by schemas needs of a conference. */
type SchemaConference = Pick<Conference, 'on' | 'send' | 'setMetadata' | 'setParticipantMetadata' | 'state'>;

/**
 * Wraps a conference to read and write its data by schemas. The wrapper holds no resources: create as many as you like.
 *
 * @example
 * const app = withSchemas(conference, { participant: z.object({ name: z.string() }) });
 * const name = app.participant(participant)?.name;
 */
export function withSchemas<const Schemas extends ConferenceSchemas>(
  conference: SchemaConference,
  schemas: Schemas,
): TypedConference<Schemas>;
export function withSchemas(
  conference: SchemaConference,
  schemas: ConferenceSchemas,
): TypedConference<ConferenceSchemas> {
  const verdicts = atBoundary('withSchemas', () => verdictsBy(schemas));
  return withBoundary({
    participant: ({ metadata }) => valueOf(verdicts.participant(metadata)),
    stream: ({ metadata }) => valueOf(verdicts.stream(metadata)),
    entry: (key) => {
      const entry = own(conference.state.getSnapshot().conference.metadata, key);
      return entry && valueOf(verdicts.entry(entry, key));
    },
    on: (type, listener) =>
      conference.on('server-event', ({ event }) => {
        if (event.originalType !== type) return;
        const verdict = verdicts.event(event);
        if (!verdict.issues) return listener({ data: verdict.value, event });
      }),
    onMessage: (topic, listener) =>
      conference.on('message', (message) => {
        if (message.topic !== topic) return;
        const verdict = verdicts.message(message);
        if (!verdict.issues) return listener({ data: verdict.value, message });
      }),
    onInvalid: (listener) => watchInvalid(conference, { schemas, verdicts }, listener),
    setParticipantMetadata: async (metadata, options) =>
      conference.setParticipantMetadata(
        metadataToSend(schemas.participant, metadata, 'participant metadata'),
        options,
      ),
    setStreamMetadata: async (published, metadata) =>
      published.setMetadata(metadataToSend(schemas.stream, metadata, 'stream metadata')),
    setMetadata: async (key, value, options) =>
      conference.setMetadata(key, entryToSend(own(schemas.conference ?? {}, key), value, key), options),
    send: async (topic, payload, options) =>
      conference.send(topic, messageToSend(own(schemas.messages ?? {}, topic), payload, topic), options),
  });
}

function valueOf(verdict: Verdict): unknown {
  return verdict.issues ? undefined : verdict.value;
}
