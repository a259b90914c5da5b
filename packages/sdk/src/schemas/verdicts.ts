import type { ConferenceState, JsonObject, MetadataEntry, UnknownEvent } from '@parley-rtc/contract';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Message } from '../messages/message.ts';
import { check, checkText, type Verdict } from './check.ts';
import type { ConferenceSchemas, InvalidPlace } from './typed-conference.ts';

/** A value of a conference, and the verdict of its schema. */
export interface Judged {
  readonly place: InvalidPlace;
  readonly value: unknown;
  readonly verdict: Verdict;
}

/** The verdicts of an app's schemas about its data: one object for each value, created on first use. */
export interface Verdicts {
  readonly participant: (metadata: JsonObject) => Verdict;
  readonly stream: (metadata: JsonObject) => Verdict;
  readonly entry: (entry: MetadataEntry, key: string) => Verdict;
  readonly event: (event: UnknownEvent) => Verdict;
  readonly message: (message: Message) => Verdict;
}

export function verdictsBy({
  participant,
  stream,
  conference = {},
  events = {},
  messages = {},
}: ConferenceSchemas): Verdicts {
  return {
    participant: oncePerObject((metadata: JsonObject) => checkIfAny(participant, metadata)),
    stream: oncePerObject((metadata: JsonObject) => checkIfAny(stream, metadata)),
    // An entry's object belongs to one key only.
    entry: oncePerObject(({ value }: MetadataEntry, key: string) => {
      const schema = own(conference, key);
      return schema ? checkText(schema, value) : { value };
    }),
    event: oncePerObject((event: UnknownEvent) =>
      checkIfAny(own(events, event.originalType), ownFields(event)),
    ),
    message: oncePerObject((message: Message) => checkIfAny(own(messages, message.topic), message.payload)),
  };
}

/** Lists everything in a conference that a schema can describe. */
export function judgedIn({ participants, metadata }: ConferenceState, verdicts: Verdicts): Judged[] {
  return [
    ...participants.flatMap((participant) => [
      {
        place: { kind: 'participant' as const, participant },
        value: participant.metadata,
        verdict: verdicts.participant(participant.metadata),
      },
      ...participant.streams.map((stream) => ({
        place: { kind: 'stream' as const, stream, participant },
        value: stream.metadata,
        verdict: verdicts.stream(stream.metadata),
      })),
    ]),
    ...Object.entries(metadata).map(([key, entry]) => ({
      place: { kind: 'conference' as const, key, entry },
      value: entry.value,
      verdict: verdicts.entry(entry, key),
    })),
  ];
}

/** Reads an own property; undefined for an inherited one, such as `constructor`. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Returns the fields of an event without those that all events have. */
export function ownFields({ raw }: UnknownEvent): JsonObject {
  const { id: _id, type: _type, timestamp: _at, conferenceId: _conferenceId, ...rest } = raw;
  const { organizationId: _organization, conferenceVersion: _version, ...fields } = rest;
  return fields;
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

function checkIfAny(schema: StandardSchemaV1 | undefined, value: unknown): Verdict {
  return schema ? check(schema, value) : { value };
}
