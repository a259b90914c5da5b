import type { IceServers, WireConference } from '@parley-rtc/contract';
import { InvalidOptionsError } from './errors/api-errors.ts';
import type { Answer, ExchangeRequest, Repetition } from './exchange.ts';
import type { CallOptions, RtcApi } from './rtc-api.ts';

/** What the table says of one request. */
interface OperationRequest extends Pick<
  ExchangeRequest,
  'operation' | 'method' | 'repetition' | 'json' | 'streamType'
> {
  /** Below the server's address. */
  readonly path: string;
  /** How long the server may hold the request on purpose, in milliseconds, on top of the usual deadline. */
  readonly holdMs?: number;
}

/** Sends the request of an operation: token, deadline and errors are its business. */
export type Send = (request: OperationRequest, options?: CallOptions) => Promise<Answer>;

/** Makes the method of the API that `operation` names. */
type Operation<Method> = (send: Send, operation: string) => Method;

/** The server answers a poll after some 20 seconds at the latest; the rest is for a server that is generous. */
const longPollHoldMs = 25_000;

const conferences = 'rtc-api/conferences';
const endpoints = 'rtc-api/users/endpoints';

/**
 * Every operation: its path, where that is not its name, and for POST what sending it twice would do (GET is always
 * safe). Some entries are less than obvious:
 * - `create` twice is a second conference, or 400 for an id that is now taken: read the conference back instead.
 * - `join`, `leave`, `end`, `unpublishStream`, `stopViewStream` twice give 422 or 404, which callers take for done anyway.
 * - `publishStream`, `viewStream` twice would build a second connection for one offer.
 * - ICE candidates that came already are ignored by ICE; metadata is replaced, not merged.
 * - `registerUserEndpoint` twice without an id leaves an endpoint that nobody knows and that expires by itself.
 */
export const operations: { readonly [Name in keyof RtcApi]: Operation<RtcApi[Name]> } = {
  create: asks('unsafe'),
  join: asks('idempotent'),
  leave: tells(),
  end: tells(),

  publishStream: asks('unsafe'),
  unpublishStream: tells(),
  viewStream: asks('unsafe'),
  updateViewStream: tells(),
  stopViewStream: tells(),
  addPublishStreamIceCandidates: tells(),
  addViewStreamIceCandidates: tells(),
  updatePublishedStreamBitrate: tells(),

  updateMetadata: tells(),
  updateParticipantMetadata: tells(),
  updateStreamMetadata: tells(),
  setInteraction: tells(`${conferences}/interaction`),
  sendEvent: asks('unsafe'),

  getConference: reads(conferences),
  getSimpleView: reads(conferences, '/simpleView'),
  getActive: (send, operation) => async (options) =>
    (await send(get(operation, `${conferences}/active`), options)).read(list<WireConference>),
  // The feed that polls has a policy of its own, hence `never`.
  getEvents: (send, operation) => async (conferenceId, version, options) => {
    const query = version === undefined ? '' : `?v=${version}`;
    const path = `${conferences}/${segment(conferenceId)}/events${query}`;
    const request = { ...get(operation, path), repetition: 'never', holdMs: longPollHoldMs } as const;
    return (await send(request, options)).read(list);
  },
  openPush: (send, operation) => async (conferenceId, start, options) => {
    const { version, lastEventId, userEndpointId } = start;
    const query = new URLSearchParams({
      ...(version !== undefined && { v: String(version) }),
      ...(lastEventId !== undefined && { lastEventId }),
      ...(userEndpointId !== undefined && { userEndpointId }),
    });
    const path = `${conferences}/${segment(conferenceId)}/push?${query}`;
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
    (await send(get(operation, 'rtc-api/iceServers'), options)).read(object<IceServers>),
  createTicket: asks('unsafe', 'security/ticket'),
  getTicket: reads('security/ticket'),
};

/** A command with an answer. */
function asks<Command, Result extends object>(
  repetition: Repetition,
  path?: string,
): Operation<(command: Command, options?: CallOptions) => Promise<Result>> {
  return (send, operation) => async (command, options) =>
    (await send(post(operation, repetition, command, path), options)).read(object<Result>);
}

/** A command without an answer: any 2xx will do, whatever the body. Twice is the same as once. */
function tells<Command>(
  path?: string,
): Operation<(command: Command, options?: CallOptions) => Promise<void>> {
  return (send, operation) => async (command, options) => {
    await send(post(operation, 'idempotent', command, path), options);
  };
}

/** One thing, found by its id. */
function reads<Result extends object>(
  path: string,
  below = '',
): Operation<(id: string, options?: CallOptions) => Promise<Result>> {
  return (send, operation) => async (id, options) =>
    (await send(get(operation, `${path}/${segment(id)}${below}`), options)).read(object<Result>);
}

function get(operation: string, path: string): OperationRequest {
  return { operation, path, method: 'get', repetition: 'safe' };
}

/** Where nothing else is said, the path of a command is its name. */
function post(
  operation: string,
  repetition: Repetition,
  json: unknown,
  path = `${conferences}/${operation}`,
): OperationRequest {
  return { operation, path, method: 'post', repetition, json };
}

/** `id` as one segment of a path. URLs have no way to write one that is empty or only dots. */
function segment(id: string): string {
  if (/^\.{0,2}$/.test(id)) {
    throw new InvalidOptionsError(
      `${JSON.stringify(id)} cannot be an id.`,
      'Pass the id that the server gave.',
    );
  }
  return encodeURIComponent(id);
}

// What is inside an answer is the server's word: fields may be missing, and readers of the contract allow for it.

function object<Result extends object>(body: unknown): Result | undefined {
  return typeof body === 'object' && body && !Array.isArray(body) ? (body as Result) : undefined;
}

/** An empty body counts as none: the API does not say how a poll without events ends. */
function list<Item>(body: unknown): readonly Item[] | undefined {
  const items = body ?? [];
  return Array.isArray(items) ? (items as Item[]) : undefined;
}

/** Servers answer with the bare id or with an object around it. */
function endpointId(body: unknown): string | undefined {
  const id: unknown = object<{ id?: unknown }>(body)?.id ?? body;
  return typeof id === 'string' && id ? id : undefined;
}
