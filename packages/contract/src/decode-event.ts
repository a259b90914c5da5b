import type { ConferenceEvent, EventBase, UnknownEvent } from './events.ts';
import { readPermissions, readProfile } from './permissions.ts';
import type { JsonObject, JsonValue } from './types.ts';

/** The input is not an event: not an object, or without a type. */
export class UndecodableEventError extends Error {
  override readonly name = 'UndecodableEventError';
  readonly code = 'ERR_UNDECODABLE_EVENT';
  readonly input: unknown;
  constructor(input: unknown) {
    super('The server sent something that is no event: an event is a JSON object with a string `type`.');
    this.input = input;
  }
}

type Field = (value: unknown) => unknown;

/** Returned by a field's reader for an unusable value. */
const unusable = Symbol('unusable');

const text: Field = (value) => (typeof value === 'string' ? value : unusable);
const integer: Field = (value) => (Number.isInteger(value) ? value : unusable);
/** Any JSON value, null included, but not a missing one. */
const anything: Field = (value) => (value === undefined ? unusable : value);
const flag: Field = (value) => (typeof value === 'boolean' ? value : unusable);
const object: Field = (value) => (isObject(value) ? value : unusable);
const texts: Field = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : unusable;
const optional =
  (field: Field): Field =>
  (value) =>
    value === undefined || value === null ? undefined : field(value);

/** Ignores case. A name that the document does not list becomes UNKNOWN (decisions 11 and 23). */
const oneOf =
  (...names: string[]): Field =>
  (value) => {
    if (typeof value !== 'string') return unusable;
    const name = value.toUpperCase();
    return names.includes(name) ? name : 'UNKNOWN';
  };

const streamType = oneOf('MIC', 'CAM', 'SCREEN', 'MIC_AND_CAM');
const caused = { userId: text, userEndpointId: text };
const maybeCaused = { userId: optional(text), userEndpointId: optional(text) };
/** A malformed one is left out: that the endpoint has left matters more than who removed it. */
const mover: Field = (value) =>
  isObject(value) && typeof value['userId'] === 'string' && typeof value['userEndpointId'] === 'string'
    ? value
    : undefined;

/** The fields of each known type and their readers. Other fields stay unchanged. */
const fieldsOf: Readonly<Record<Exclude<ConferenceEvent['type'], 'UnknownEvent'>, Record<string, Field>>> = {
  ConferenceCreatedEvent: {
    ...maybeCaused,
    mode: optional(oneOf('P2P', 'ROUTER')),
    interactionId: optional(text),
    metadata: optional(object),
  },
  ConferenceJoinedEvent: {
    ...caused,
    metadata: optional(object),
    permissions: readPermissions,
    verified: readProfile,
  },
  ConferenceLeftEvent: { ...caused, reason: optional(text), removedBy: mover, isBanned: optional(flag) },
  ConferenceEndedEvent: { ...maybeCaused, reason: optional(text) },
  ConferenceStreamPublishedEvent: {
    ...caused,
    streamId: text,
    streamType,
    metadata: optional(object),
    videoBitrate: optional(integer),
  },
  ConferenceStreamUnpublishedEvent: { ...caused, streamId: text, streamType },
  ConferenceMetadataUpdatedEvent: {
    ...caused,
    operation: oneOf('SET', 'REMOVE'),
    key: text,
    value: optional(text),
  },
  ConferenceStreamMetadataUpdatedEvent: { ...caused, streamId: optional(text), newMetadata: object },
  ConferenceParticipantMetadataUpdatedEvent: { ...caused, newMetadata: object },
  ConferenceStreamBitrateUpdatedEvent: { ...caused, streamId: text, videoBitrate: integer },
  ConferenceInteractionIdSetEvent: { ...maybeCaused, interactionId: text },
  ConferenceParticipantStateChangedEvent: { ...caused, state: oneOf('HEALTHY', 'SICK') },
  ConferenceStreamLayersUpdatedEvent: { ...caused, streamId: text, activeRids: texts },
  ConferenceStreamMovingEvent: {
    ...caused,
    streamId: text,
    asked: oneOf('PUBLISHER', 'VIEWERS'),
    viewerIds: optional(texts),
  },
  ConferenceNetworkIndicatorUpdatedEvent: { averageNetworkQuality: integer, participantIndicatorMap: object },
  ConferenceMessageSentEvent: {
    ...caused,
    messageId: text,
    sequence: integer,
    topic: text,
    payload: anything,
    contentType: optional(text),
    to: optional(texts),
  },
  ConferenceMessagesPlacedEvent: { sequence: integer, hasMissed: flag },
};

/**
 * Decodes one event from the wire.
 *
 * An unknown type, or a known type that lacks a required field, becomes an `UnknownEvent` with the input in `raw`:
 * nothing is lost or guessed. Unknown fields of known events are kept.
 *
 * @throws {@link UndecodableEventError} (`ERR_UNDECODABLE_EVENT`) if the input is not an object with a `type`.
 */
export function decodeEvent(input: unknown): ConferenceEvent {
  if (!isObject(input) || typeof input['type'] !== 'string') throw new UndecodableEventError(input);
  const base = decodeBase(input);
  const fields = Object.hasOwn(fieldsOf, input['type'])
    ? fieldsOf[input['type'] as keyof typeof fieldsOf]
    : undefined;
  if (!fields) return unknownEvent(base, input);

  const decoded: Record<string, unknown> = { ...input, ...base };
  for (const [name, read] of Object.entries(fields)) {
    const value = read(input[name]);
    if (value === unusable) return unknownEvent(base, input);
    if (value === undefined) delete decoded[name];
    else decoded[name] = value;
  }
  return decoded as unknown as ConferenceEvent;
}

function decodeBase(input: JsonObject): EventBase {
  const version = input['conferenceVersion'];
  const organizationId = input['organizationId'];
  return {
    id: stringOr(input['id'], ''),
    timestamp: stringOr(input['timestamp'], ''),
    conferenceId: stringOr(input['conferenceId'], ''),
    ...(typeof organizationId === 'string' && { organizationId }),
    conferenceVersion: Number.isInteger(version) ? (version as number) : null,
  };
}

function unknownEvent(base: EventBase, raw: JsonObject): UnknownEvent {
  return { ...base, type: 'UnknownEvent', originalType: raw['type'] as string, raw };
}

function stringOr(value: JsonValue | undefined, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
