import type { CallOptions } from '@parley-rtc/client';
import type { JsonObject, MetadataEntry, Participant, Stream, UnknownEvent } from '@parley-rtc/contract';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { PublishedStream } from '../media/published-stream.ts';

type SchemasByName = Readonly<Record<string, StandardSchemaV1>>;

/** What an app says of its data, in schemas of any library that has the Standard Schema interface. */
export interface ConferenceSchemas {
  /** Metadata of participants. */
  readonly participant?: StandardSchemaV1;
  /** Metadata of streams. */
  readonly stream?: StandardSchemaV1;
  /** Entries of the conference's metadata, by key. */
  readonly conference?: SchemasByName;
  /** Events that a server sends by `sendEvent`, by their `type`. */
  readonly events?: SchemasByName;
}

type NamesOf<Schemas> = Schemas extends SchemasByName ? keyof Schemas & string : never;
type SchemaOf<Schemas, Name extends string> = Schemas extends SchemasByName ? Schemas[Name] : never;
type InputOf<Schema> = Schema extends StandardSchemaV1 ? StandardSchemaV1.InferInput<Schema> : JsonObject;
type OutputOf<Schema> = Schema extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<Schema> : JsonObject;

/** Where something was found that its schema refuses. */
export type InvalidPlace =
  | { readonly kind: 'participant'; readonly participant: Participant }
  | { readonly kind: 'stream'; readonly stream: Stream; readonly participant: Participant }
  | { readonly kind: 'conference'; readonly key: string; readonly entry: MetadataEntry }
  | { readonly kind: 'event'; readonly event: UnknownEvent };

/** Metadata or an event of somebody else that its schema refuses. */
export interface InvalidData {
  readonly place: InvalidPlace;
  /** What the schema has against it. */
  readonly issues: readonly StandardSchemaV1.Issue[];
  /** As it came. */
  readonly value: unknown;
}

/** An event of `sendEvent` that its schema accepts. */
export interface TypedEvent<Data> {
  /** The event's own fields; `id`, `type`, `timestamp` and the like are in `event`. */
  readonly data: Data;
  readonly event: UnknownEvent;
}

/**
 * A conference read and written by schemas. Reading is cheap: each value is checked once, and as long as it is the same
 * the same object comes back. Schemas must answer at once: to one that is asynchronous nothing is valid.
 */
export interface TypedConference<Schemas extends ConferenceSchemas> {
  /** The participant's metadata; undefined when it is not valid. Without a schema: as it is. */
  participant(participant: Pick<Participant, 'metadata'>): OutputOf<Schemas['participant']> | undefined;
  /** The stream's metadata; undefined when it is not valid. Without a schema: as it is. */
  stream(stream: Pick<Stream, 'metadata'>): OutputOf<Schemas['stream']> | undefined;
  /**
   * An entry of the conference's metadata now; undefined when it is absent or not valid. Entries are text: the schema is
   * asked about the text, and if it refuses that, about what the text says in JSON.
   */
  entry<Key extends NamesOf<Schemas['conference']>>(
    key: Key,
  ): OutputOf<SchemaOf<Schemas['conference'], Key>> | undefined;
  /** Calls `listener` at every valid event of this type until the returned function is called. */
  on<Type extends NamesOf<Schemas['events']>>(
    type: Type,
    listener: (event: TypedEvent<OutputOf<SchemaOf<Schemas['events'], Type>>>) => void | Promise<void>,
  ): () => void;
  /**
   * Calls `listener` with whatever is not valid, once for each value, until the returned function is called: first, in a
   * moment, with what is there already. One that fails keeps nothing back: it is told by the event `error`, as a
   * `ListenerError` (`ERR_LISTENER`) of `invalid`.
   */
  onInvalid(listener: (invalid: InvalidData) => void | Promise<void>): () => void;
  /**
   * Replaces our own metadata as a whole. What is sent is the input, as JSON; what a schema makes of it is made by each
   * reader.
   *
   * @throws InvalidMetadataError (`ERR_INVALID_METADATA`), with the issues, before anything is sent; else as
   * `Conference.setParticipantMetadata`.
   */
  setParticipantMetadata(metadata: InputOf<Schemas['participant']>, options?: CallOptions): Promise<void>;
  /** Replaces the metadata of a stream of ours. Throws as `setParticipantMetadata`. */
  setStreamMetadata(
    stream: Pick<PublishedStream, 'setMetadata'>,
    metadata: InputOf<Schemas['stream']>,
  ): Promise<void>;
  /** Sets an entry of the conference's metadata: a text as it is, all else as JSON. Throws as `setParticipantMetadata`. */
  setMetadata<Key extends NamesOf<Schemas['conference']>>(
    key: Key,
    value: InputOf<SchemaOf<Schemas['conference'], Key>>,
    options?: CallOptions,
  ): Promise<void>;
}
