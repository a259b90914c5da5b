import type {
  DecideEntryResult,
  EnterResult,
  EntryAnswer,
  IceServers,
  PublishStreamResult,
  SendEventResult,
  SendMessagesResult,
  StartRecordingResult,
  ViewStreamResult,
  WaitingList,
  WireConference,
  WireSimpleView,
} from '@parley-rtc/contract';
import { InvalidOptionsError } from './errors/api-errors.ts';
import type { HttpRequest, Repetition } from './http-request.ts';
import { conferenceFields, endpointId, list, object, summary, type Reader } from './results.ts';
import type { CallApi, CallOptions } from './rtc-api.ts';
import type { Answer } from './send-request.ts';

/** A request as the table below describes it. */
interface OperationRequest extends Pick<
  HttpRequest,
  'operation' | 'method' | 'repetition' | 'json' | 'streamType'
> {
  /** Path relative to the server's base URL. */
  readonly path: string;
  /** How long the server may hold the request open, in milliseconds. Added to the usual timeout. */
  readonly holdMs?: number;
}

/** Sends the request of an operation. Takes care of token, deadline and errors. */
export type Send = (request: OperationRequest, options?: CallOptions) => Promise<Answer>;

/** Creates the API method named `operation`. */
type Operation<Method> = (send: Send, operation: string) => Method;

export type Operations<Api> = { readonly [Name in keyof Api]: Operation<Api[Name]> };

/** The server answers a poll within about 20 seconds; the rest is slack for slower servers. */
const longPollHoldMs = 25_000;

/** The API holds a poll without events. An empty page that arrives sooner is from a proxy. */
const shortestHoldMs = 1_000;

export const conferences = 'rtc-api/conferences';
const endpoints = 'rtc-api/users/endpoints';

/**
 * Every operation that a call needs: its path, if that differs from its name, and for POST the effect of sending it twice (GET is always
 * safe). Entries that need a reason:
 * - `create` twice creates a second conference, or fails with 400 because the id is now taken. Read the conference back
 *   instead.
 * - `join`, `leave`, `end`, `unpublishStream`, `stopViewStream` twice fail with 422 or 404, which callers treat as done.
 * - `enter` could be sent again, but a server without it may break the connection, and then its steps have to follow soon.
 * - `publishStream`, `viewStream` twice would open a second connection for one offer.
 * - ICE ignores duplicate candidates; metadata is replaced, not merged.
 * - `registerUserEndpoint` twice without an id leaves an unused endpoint behind, which expires.
 */
export const callOperations: Operations<CallApi> = {
  create: asks('unsafe', summary),
  join: asks('idempotent', summary),
  enter: asks('unsafe', object<EnterResult>('userEndpointId', 'conference')),
  leave: tells(),
  end: tells(),

  publishStream: asks('unsafe', object<PublishStreamResult>('streamId', 'sdpAnswer')),
  unpublishStream: tells(),
  viewStream: asks('unsafe', object<ViewStreamResult>('viewerId', 'sdpAnswer')),
  updateViewStream: tells(),
  stopViewStream: tells(),
  addPublishStreamIceCandidates: tells(),
  addViewStreamIceCandidates: tells(),
  updatePublishedStreamBitrate: tells(),

  updateMetadata: tells(),
  updateParticipantMetadata: tells(),
  updateStreamMetadata: tells(),
  sendEvent: asks('unsafe', object<SendEventResult>('eventsSent')),
  sendMessages: asks('idempotent', object<SendMessagesResult>('messages')),

  startRecording: asks('idempotent', object<StartRecordingResult>('recordingId', 'startedAt')),
  stopRecording: tells(),

  removeParticipant: tells(),
  muteParticipant: tells(),
  updatePermissions: tells(),
  updateAdmission: tells(),
  requestEntry: waits('idempotent', object<EntryAnswer>('state', 'revision')),
  cancelEntry: tells(),
  decideEntry: asks('idempotent', object<DecideEntryResult>('decided')),
  getWaiting: (send, operation) => async (conferenceId, query, options) => {
    const path = `${conferences}/${segment(conferenceId)}/waiting${queryOf({ ...query })}`;
    const request = { ...get(operation, path), holdMs: longPollHoldMs };
    return (await send(request, options)).read(object<WaitingList>('revision', 'waiting'));
  },

  getConference: reads(object<WireConference>(...conferenceFields), conferences),
  getSimpleView: reads(object<WireSimpleView>(...conferenceFields), conferences, '/simpleView'),
  // `never`, because the polling feed has its own retry policy.
  getEvents: (send, operation) => async (conferenceId, version, options) => {
    const { versionId, userEndpointId, messages } = options ?? {};
    const query = queryOf({ v: version, versionId, userEndpointId, messages });
    const path = `${conferences}/${segment(conferenceId)}/events${query}`;
    const request = { ...get(operation, path), repetition: 'never', holdMs: longPollHoldMs } as const;
    const askedMs = performance.now();
    const answer = await send(request, options);
    const isHeld = performance.now() - askedMs >= shortestHoldMs;
    return answer.read((body) => (body !== null || isHeld || answer.status === 204 ? list(body) : undefined));
  },
  openPush: (send, operation) => async (conferenceId, start, options) => {
    const { version, versionId, lastEventId, userEndpointId, messages } = start;
    const query = queryOf({ v: version, versionId, lastEventId, userEndpointId, messages });
    const path = `${conferences}/${segment(conferenceId)}/push${query}`;
    const request = {
      ...get(operation, path),
      repetition: 'never',
      streamType: 'text/event-stream',
    } as const;
    const answer = await send(request, options);
    return answer.stream ?? answer.read<ReadableStream<Uint8Array>>(() => undefined);
  },

  registerUserEndpoint: (send, operation) => async (command, options) =>
    (await send(post(operation, 'idempotent', command, endpoints), options)).read(endpointId),
  keepAliveUserEndpoint: tells(`${endpoints}/keepalive`),
  unregisterUserEndpoint: tells(`${endpoints}/unregister`),
  getIceServers: (send, operation) => async (options) =>
    (await send(get(operation, 'rtc-api/iceServers'), options)).read(object<IceServers>('iceServers')),
};

/** A command with a result. */
export function asks<Command, Result>(
  repetition: Repetition,
  result: Reader<Result>,
  path?: string,
): Operation<(command: Command, options?: CallOptions) => Promise<Result>> {
  return (send, operation) => async (command, options) =>
    (await send(post(operation, repetition, command, path), options)).read(result);
}

/** A command whose result the server may hold back. */
function waits<Command, Result>(
  repetition: Repetition,
  result: Reader<Result>,
): Operation<(command: Command, options?: CallOptions) => Promise<Result>> {
  return (send, operation) => async (command, options) => {
    const request = { ...post(operation, repetition, command), holdMs: longPollHoldMs };
    return (await send(request, options)).read(result);
  };
}

/** An idempotent command without a result: success has no body, or one in JSON that is not read. */
export function tells<Command>(
  path?: string,
): Operation<(command: Command, options?: CallOptions) => Promise<void>> {
  return (send, operation) => async (command, options) => {
    (await send(post(operation, 'idempotent', command, path), options)).read(() => true);
  };
}

/** Reads one resource by its id. */
export function reads<Result>(
  result: Reader<Result>,
  path: string,
  below = '',
): Operation<(id: string, options?: CallOptions) => Promise<Result>> {
  return (send, operation) => async (id, options) =>
    (await send(get(operation, `${path}/${segment(id)}${below}`), options)).read(result);
}

export function get(operation: string, path: string): OperationRequest {
  return { operation, path, method: 'get', repetition: 'safe' };
}

/** By default, a command's path is its name. */
export function post(
  operation: string,
  repetition: Repetition,
  json: unknown,
  path = `${conferences}/${operation}`,
): OperationRequest {
  return { operation, path, method: 'post', repetition, json };
}

/** The query with the values that are given, and its question mark; empty without any. */
function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value));
  const text = String(query);
  return text && `?${text}`;
}

/** `id` encoded as one path segment. URLs cannot express a segment that is empty, `.`, `..` or half a character. */
export function segment(id: string): string {
  try {
    if (!/^\.{0,2}$/.test(id)) return encodeURIComponent(id);
  } catch {
    // Half of a surrogate pair, or no text at all.
  }
  throw new InvalidOptionsError(`${quoted(id)} is not a valid id.`, 'Pass an id that the server returned.');
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : `A value of type ${typeof value}`;
}
