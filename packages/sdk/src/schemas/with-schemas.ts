import type { ConferenceState, JsonObject, MetadataEntry, UnknownEvent } from '@parley-rtc/contract';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { tellListenerError } from '../conference/conference-store.ts';
import type { Conference } from '../conference/conference.ts';
import { InvalidMetadataError } from '../errors/schema-errors.ts';
import { check, checkText, type Verdict } from './check.ts';
import type { ConferenceSchemas, InvalidPlace, TypedConference } from './typed-conference.ts';

/** A value that is there, and what its schema says of it: one verdict object for each value. */
interface Judged {
  readonly place: InvalidPlace;
  readonly value: unknown;
  readonly verdict: Verdict;
}

/**
 * Reads and writes a conference by schemas. Holds nothing and starts nothing: make as many as you like.
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
  { participant, stream, conference: entries = {}, events = {} }: ConferenceSchemas,
): TypedConference<ConferenceSchemas> {
  const schemaOfEntry = new Map(Object.entries(entries));
  const schemaOfEvent = new Map(Object.entries(events));
  const ofParticipant = oncePerObject((metadata: JsonObject) => checkIfAny(participant, metadata));
  const ofStream = oncePerObject((metadata: JsonObject) => checkIfAny(stream, metadata));
  const ofEvent = oncePerObject((event: UnknownEvent) =>
    checkIfAny(schemaOfEvent.get(event.originalType), ownFields(event)),
  );
  // An entry's object is that of one key only.
  const ofEntry = oncePerObject(({ value }: MetadataEntry, key: string) => {
    const schema = schemaOfEntry.get(key);
    return schema ? checkText(schema, value) : { value };
  });

  const judgedIn = ({ participants, metadata }: ConferenceState): Judged[] => [
    ...participants.flatMap((participant) => [
      {
        place: { kind: 'participant' as const, participant },
        value: participant.metadata,
        verdict: ofParticipant(participant.metadata),
      },
      ...participant.streams.map((stream) => ({
        place: { kind: 'stream' as const, stream, participant },
        value: stream.metadata,
        verdict: ofStream(stream.metadata),
      })),
    ]),
    ...Object.entries(metadata).map(([key, entry]) => ({
      place: { kind: 'conference' as const, key, entry },
      value: entry.value,
      verdict: ofEntry(entry, key),
    })),
  ];
  const present = () => conference.state.getSnapshot().conference;

  return {
    participant: ({ metadata }) => valueOf(ofParticipant(metadata)),
    stream: ({ metadata }) => valueOf(ofStream(metadata)),
    entry: (key) => {
      const { metadata } = present();
      const entry = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
      return entry && valueOf(ofEntry(entry, key));
    },
    on: (type, listener) =>
      conference.on('server-event', ({ event }) => {
        if (event.originalType !== type) return;
        const verdict = ofEvent(event);
        if (!verdict.issues) return listener({ data: verdict.value, event });
      }),
    onInvalid: (listener) => {
      const told = new WeakSet<Verdict>();
      let isOn = true;
      const tell = async ({ place, value, verdict }: Judged) => {
        if (!isOn || !verdict.issues || told.has(verdict)) return;
        told.add(verdict);
        try {
          await listener({ place, issues: verdict.issues, value });
        } catch (cause) {
          tellListenerError(conference.state, 'invalid', cause);
        }
      };
      const tellAll = () => {
        for (const judged of judgedIn(present())) void tell(judged);
      };
      const offState = conference.state.subscribe(tellAll);
      const offEvents = conference.on('server-event', ({ event }) => {
        void tell({ place: { kind: 'event', event }, value: ownFields(event), verdict: ofEvent(event) });
      });
      queueMicrotask(tellAll);
      return () => {
        isOn = false;
        offState();
        offEvents();
      };
    },
    setParticipantMetadata: async (metadata, options) =>
      conference.setParticipantMetadata(toSend(participant, metadata, 'metadata of ourselves'), options),
    setStreamMetadata: async (published, metadata) =>
      published.setMetadata(toSend(stream, metadata, 'metadata of the stream')),
    setMetadata: async (key, value, options) =>
      conference.setMetadata(key, textToSend(schemaOfEntry.get(key), value, key), options),
  };
}

function oncePerObject<Key extends object, More extends readonly unknown[]>(
  judge: (key: Key, ...more: More) => Verdict,
): (key: Key, ...more: More) => Verdict {
  const known = new WeakMap<Key, Verdict>();
  return (key, ...more) => {
    const verdict = known.get(key) ?? judge(key, ...more);
    known.set(key, verdict);
    return verdict;
  };
}

function checkIfAny(schema: StandardSchemaV1 | undefined, value: JsonObject): Verdict {
  return schema ? check(schema, value) : { value };
}

function valueOf(verdict: Verdict): unknown {
  return verdict.issues ? undefined : verdict.value;
}

function ownFields({ raw }: UnknownEvent): JsonObject {
  const { id: _id, type: _type, timestamp: _at, conferenceId: _room, ...rest } = raw;
  const { organizationId: _organization, conferenceVersion: _version, ...fields } = rest;
  return fields;
}

/** As it will arrive at the others, who are asked about nothing else. */
function toSend(schema: StandardSchemaV1 | undefined, input: unknown, what: string): JsonObject {
  const wire = JSON.parse(asJson(input, what)) as JsonObject;
  const { issues } = checkIfAny(schema, wire);
  if (issues) throw new InvalidMetadataError(what, issues);
  return wire;
}

function textToSend(schema: StandardSchemaV1 | undefined, input: unknown, key: string): string {
  const what = `entry '${key}'`;
  const text = typeof input === 'string' ? input : asJson(input, what);
  const issues = schema && checkText(schema, text).issues;
  if (issues) throw new InvalidMetadataError(what, issues);
  return text;
}

function asJson(input: unknown, what: string): string {
  try {
    const json = JSON.stringify(input) as string | undefined;
    if (json !== undefined) return json;
  } catch (cause) {
    throw new InvalidMetadataError(what, [{ message: 'It cannot be written as JSON' }], { cause });
  }
  throw new InvalidMetadataError(what, [{ message: 'It cannot be written as JSON' }]);
}
