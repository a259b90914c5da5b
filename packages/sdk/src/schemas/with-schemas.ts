import { atBoundary, withBoundary } from '@parley-rtc/client';
import type { Conference } from '../conference/conference.ts';
import type { Verdict } from './check.ts';
import { entryToSend, metadataToSend } from './to-send.ts';
import type { ConferenceSchemas, TypedConference } from './typed-conference.ts';
import { own, verdictsBy } from './verdicts.ts';
import { watchInvalid } from './watch-invalid.ts';

/**
 * Wraps a conference to read and write its data by schemas. The wrapper holds no resources: create as many as you like.
 *
 * @example
 * const app = withSchemas(conference, { participant: z.object({ name: z.string() }) });
 * const name = app.participant(participant)?.name;
 */
export function withSchemas<const Schemas extends ConferenceSchemas>(
  conference: Pick<Conference, 'on' | 'setMetadata' | 'setParticipantMetadata' | 'state'>,
  schemas: Schemas,
): TypedConference<Schemas>;
export function withSchemas(
  conference: Pick<Conference, 'on' | 'setMetadata' | 'setParticipantMetadata' | 'state'>,
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
    onInvalid: (listener) => watchInvalid(conference, verdicts, listener),
    setParticipantMetadata: async (metadata, options) =>
      conference.setParticipantMetadata(
        metadataToSend(schemas.participant, metadata, 'participant metadata'),
        options,
      ),
    setStreamMetadata: async (published, metadata) =>
      published.setMetadata(metadataToSend(schemas.stream, metadata, 'stream metadata')),
    setMetadata: async (key, value, options) =>
      conference.setMetadata(key, entryToSend(own(schemas.conference ?? {}, key), value, key), options),
  });
}

function valueOf(verdict: Verdict): unknown {
  return verdict.issues ? undefined : verdict.value;
}
