import type { CallOptions } from '@parley-rtc/client';
import type { JsonObject, MetadataEntry, Participant, Stream, UnknownEvent } from '@parley-rtc/contract';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Message, SendOptions, SentMessage } from '../messages/message.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';

type SchemasByName = Readonly<Record<string, StandardSchemaV1>>;

/** Describes an app's data with schemas from any library that implements the Standard Schema interface. */
export interface ConferenceSchemas {
  /** Metadata of participants. */
  readonly participant?: StandardSchemaV1;
  /** Metadata of streams. */
  readonly stream?: StandardSchemaV1;
  /** Entries of the conference's metadata, by key. */
  readonly conference?: SchemasByName;
  /** Events sent with `sendEvent`, by their `type`. */
  readonly events?: SchemasByName;
  /** Payloads of messages between participants, by topic. */
  readonly messages?: SchemasByName;
}

type NamesOf<Schemas> = Schemas extends SchemasByName ? keyof Schemas & string : never;
type SchemaOf<Schemas, Name extends string> = Schemas extends SchemasByName ? Schemas[Name] : never;
type InputOf<Schema> = Schema extends StandardSchemaV1 ? StandardSchemaV1.InferInput<Schema> : JsonObject;
type OutputOf<Schema> = Schema extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<Schema> : JsonObject;

/** Where an invalid value is. */
export type InvalidPlace =
  | { readonly kind: 'participant'; readonly participant: Participant }
  | { readonly kind: 'stream'; readonly stream: Stream; readonly participant: Participant }
  | { readonly kind: 'conference'; readonly key: string; readonly entry: MetadataEntry }
  | { readonly kind: 'event'; readonly event: UnknownEvent }
  | { readonly kind: 'message'; readonly message: Message };

/** Metadata, an event or a message that is not valid by its schema. */
export interface InvalidData {
  readonly place: InvalidPlace;
  /** Why the schema refuses it. */
  readonly issues: readonly StandardSchemaV1.Issue[];
  /** The value as received. */
  readonly value: unknown;
}

/** An event sent with `sendEvent` that is valid by its schema. */
export interface TypedEvent<Data> {
  /** The event's own fields. Common fields, such as `id`, `type` and `timestamp`, are in `event`. */
  readonly data: Data;
  readonly event: UnknownEvent;
}

/** A message of a participant whose payload is valid by its schema. */
export interface TypedMessage<Data> {
  /** The payload, as the schema returns it. */
  readonly data: Data;
  /** The message as it was received. */
  readonly message: Message;
}

/**
 * Reads and writes a conference's data by schemas. Reading is cheap: each value is checked once, and an unchanged value
 * returns the same object. Schemas must be synchronous; an asynchronous one refuses every value.
 */
export interface TypedConference<Schemas extends ConferenceSchemas> {
  /** Returns the participant's metadata; undefined when it is not valid. Without a schema, returns it unchecked. */
  participant(participant: Pick<Participant, 'metadata'>): OutputOf<Schemas['participant']> | undefined;
  /** Returns the stream's metadata; undefined when it is not valid. Without a schema, returns it unchecked. */
  stream(stream: Pick<Stream, 'metadata'>): OutputOf<Schemas['stream']> | undefined;
  /**
   * Returns the current value of a metadata entry of the conference; undefined when it is absent or not valid. Entries are
   * text: the schema checks the text first, and if that is not valid, the JSON in the text.
   */
  entry<Key extends NamesOf<Schemas['conference']>>(
    key: Key,
  ): OutputOf<SchemaOf<Schemas['conference'], Key>> | undefined;
  /** Calls `listener` for every valid event of this type until the returned function is called. */
  on<Type extends NamesOf<Schemas['events']>>(
    type: Type,
    listener: (event: TypedEvent<OutputOf<SchemaOf<Schemas['events'], Type>>>) => void | Promise<void>,
  ): () => void;
  /** Calls `listener` for every message of this topic with a valid payload until the returned function is called. */
  onMessage<Topic extends NamesOf<Schemas['messages']>>(
    topic: Topic,
    listener: (message: TypedMessage<OutputOf<SchemaOf<Schemas['messages'], Topic>>>) => void | Promise<void>,
  ): () => void;
  /**
   * Calls `listener` once for each invalid value until the returned function is called; first, asynchronously, for values
   * that already exist. When a listener fails, the event `error` announces a `ListenerError` (`ERR_LISTENER`) of `invalid`.
   */
  onInvalid(listener: (invalid: InvalidData) => void | Promise<void>): () => void;
  /**
   * Replaces our own metadata as a whole. Sends the input as JSON; each reader applies the transformations of the schema.
   *
   * @throws InvalidMetadataError (`ERR_INVALID_METADATA`), with the issues, before anything is sent; otherwise the errors
   * of `Conference.setParticipantMetadata`.
   */
  setParticipantMetadata(metadata: InputOf<Schemas['participant']>, options?: CallOptions): Promise<void>;
  /** Replaces the metadata of a published stream as a whole. Throws the errors of `setParticipantMetadata`. */
  setStreamMetadata(
    stream: Pick<PublishedStream, 'setMetadata'>,
    metadata: InputOf<Schemas['stream']>,
  ): Promise<void>;
  /**
   * Sets an entry of the conference's metadata. Sends a string as it is, and any other value as JSON. Throws the errors of
   * `setParticipantMetadata`.
   */
  setMetadata<Key extends NamesOf<Schemas['conference']>>(
    key: Key,
    value: InputOf<SchemaOf<Schemas['conference'], Key>>,
    options?: CallOptions,
  ): Promise<void>;
  /**
   * Sends a message, like `Conference.send`. Checks the payload in the form in which it will arrive; each reader applies the
   * transformations of the schema.
   *
   * @throws InvalidMessageError (`ERR_INVALID_MESSAGE`), with the issues, before anything is sent; otherwise the errors of
   * `Conference.send`.
   */
  send<Topic extends NamesOf<Schemas['messages']>>(
    topic: Topic,
    payload: InputOf<SchemaOf<Schemas['messages'], Topic>>,
    options?: SendOptions,
  ): Promise<SentMessage>;
}
