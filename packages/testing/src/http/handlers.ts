import {
  ForbiddenError,
  InvalidRequestError,
  NotFoundError,
  type CallOptions,
  type MessageStart,
  type RtcApi,
} from '@parley-rtc/client';
import { conferenceToWire, findParticipant, type ConferenceState } from '@parley-rtc/contract';
import type { FakeServer } from '../server/fake-server.ts';
import type { FakeUser } from './accounts.ts';
import { decideCommand, openRoom, refuseRequest, requireVisible } from './command-rules.ts';
import type { FakeBackend } from './fake-backend.ts';
import type { Route } from './route-of.ts';

/** A request that is well-formed and from a known user. */
interface Asked {
  readonly backend: FakeBackend;
  readonly user: FakeUser;
  readonly route: Route;
  readonly query: URLSearchParams;
  readonly signal: AbortSignal;
  readonly body: object;
}

type Handler = (asked: Asked) => unknown;
type Fields = Readonly<Record<string, unknown>>;
type Command = (command: unknown, options: CallOptions) => Promise<unknown>;

/** Returns what answers an operation: a value for JSON, a stream, or undefined for an answer without a body. */
export function handlerOf(operation: string): Handler {
  return special[operation] ?? command;
}

/** Runs the command of a user in the conference that it names. */
const command: Handler = (asked) => {
  const { backend, user, route, signal } = asked;
  const body = asked.body as { readonly conferenceId: string; readonly userEndpointId: string };
  requireOwn(asked, body.conferenceId, body.userEndpointId);
  const room = openRoom(backend, body.conferenceId, route.operation);
  const decided = decideCommand(room, user, route.operation, body);
  if (decided) return decided.answer;
  const api = backend.api(body.conferenceId, user.userId);
  const answering = (api[route.operation as keyof RtcApi] as Command)(body, { signal });
  return route.operation === 'publishStream' ? remember(room, body, answering) : answering;
};

/** Remembers how a publication was answered, for a command that arrives again. */
async function remember(room: FakeServer, command: object, answering: Promise<unknown>): Promise<unknown> {
  const answer = (await answering) as { readonly streamId: string };
  const { sdpOffer } = command as { readonly sdpOffer: string };
  room.published.set(answer.streamId, { sdpOffer, answer });
  return answer;
}

const special: Readonly<Record<string, Handler>> = {
  create: ({ backend, user, body }) => {
    const { conference } = backend.create(user, body);
    return conference && { id: conference.id, version: conference.version, mode: conference.mode };
  },
  enter,
  getActive: ({ backend }) =>
    backend.rooms.flatMap(({ conference }) =>
      conference && !conference.ended ? [conferenceToWire(conference)] : [],
    ),
  getConference: (asked) => read(asked, (api, id, options) => api.getConference(id, options)),
  getSimpleView: (asked) => read(asked, (api, id, options) => api.getSimpleView(id, options)),
  getEvents: (asked) =>
    read(asked, (api, id, options) => api.getEvents(id, placeIn(asked.query).version, options)),
  openPush: (asked) => {
    const { query } = asked;
    const lastEventId = query.get('lastEventId') ?? undefined;
    return read(asked, (api, id, { signal, ...reader }) =>
      api.openPush(id, { ...placeIn(query), ...reader, ...(lastEventId && { lastEventId }) }, { signal }),
    );
  },
  getWaiting: (asked) => {
    const { query } = asked;
    const userEndpointId = query.get('userEndpointId') ?? '';
    const revision = query.get('revision') ?? undefined;
    return read(asked, (api, id, { signal }) =>
      api.getWaiting(id, { userEndpointId, ...(revision && { revision }) }, { signal }),
    );
  },
  getRecordings: (asked) => read(asked, (api, id) => api.getRecordings(id)),
  getRecording: refuse,
  deleteRecording: refuse,
  getRecordingFile: refuse,
  registerUserEndpoint: ({ backend, user, route, body }) => {
    const { userEndpointId = backend.newId('endpoint'), keepAliveSeconds } = body as {
      readonly userEndpointId?: string;
      readonly keepAliveSeconds: number;
    };
    if (backend.isForeign(userEndpointId, user.userId)) return forbid('registerUserEndpoint');
    backend.register(userEndpointId, user.userId, keepAliveSeconds);
    return route.name === 'register' ? { id: userEndpointId } : userEndpointId;
  },
  keepAliveUserEndpoint: ({ backend, body }) => {
    const { userEndpointId } = body as { readonly userEndpointId: string };
    backend.requireEndpoint(userEndpointId);
    backend.keepAlives.hear(userEndpointId);
  },
  unregisterUserEndpoint: ({ backend, body }) => {
    const { userEndpointId } = body as { readonly userEndpointId: string };
    backend.requireEndpoint(userEndpointId);
    backend.dropEndpoint(userEndpointId);
  },
  getIceServers: ({ backend, user, signal }) =>
    (backend.rooms[0] ?? backend.room('')).api(user.userId).getIceServers({ signal }),
  createTicket,
  setInteraction,
  sendEvent,
  getTicket: ({ backend, route }) => ticketOf(backend, known(backend, route.id).id),
  revokeTicket,
  revokeUser: ({ backend, body }) => backend.accounts.revoke(String((body as Fields)['userId'])),
};

/** Registers, joins and answers the state. Sent again, it only changes the metadata. */
async function enter(asked: Asked): Promise<unknown> {
  const { backend, user, signal } = asked;
  const entering = asked.body as Parameters<RtcApi['enter']>[0];
  const { conferenceId, userEndpointId, keepAliveSeconds, metadata = {} } = entering;
  requireOwn(asked, conferenceId, userEndpointId);
  const room = openRoom(backend, conferenceId, 'enter');
  const inside = findParticipant(stateOf(room), userEndpointId);
  if (!inside) {
    const answer = await room.api(user.userId).enter(entering, { signal });
    backend.register(userEndpointId, user.userId, keepAliveSeconds);
    return answer;
  }
  if (JSON.stringify(inside.metadata) !== JSON.stringify(metadata)) {
    const who = { userId: user.userId, userEndpointId };
    room.append({ type: 'ConferenceParticipantMetadataUpdatedEvent', ...who, newMetadata: metadata });
  }
  return { userEndpointId, conference: conferenceToWire(stateOf(room)) };
}

/** The state of a conference that was there when we looked. */
function stateOf({ conference }: FakeServer): ConferenceState {
  if (conference) return conference;
  throw new NotFoundError({ operation: 'enter', status: 404, serverError: 'not_found' });
}

function read(
  asked: Asked,
  ask: (api: RtcApi, id: string, options: ReaderOptions) => Promise<unknown>,
): Promise<unknown> {
  const { backend, user, route, query, signal } = asked;
  const { id = '' } = route;
  const userEndpointId = query.get('userEndpointId') ?? undefined;
  requireOwn(asked, id, userEndpointId);
  requireVisible(backend.room(id), user, route.operation);
  const start = query.get('messages');
  if (start !== null && userEndpointId === undefined) refuseRequest(route.operation);
  const messages = start === null ? undefined : /^\d+$/.test(start) ? Number(start) : start;
  return ask(backend.api(id, user.userId), id, {
    signal,
    ...placeIn(query),
    ...(userEndpointId && { userEndpointId }),
    ...(messages !== undefined && { messages: messages as MessageStart }),
  });
}

type ReaderOptions = CallOptions & {
  readonly signal: AbortSignal;
  readonly versionId?: string;
  readonly userEndpointId?: string;
  readonly messages?: MessageStart;
};

function placeIn(query: URLSearchParams): { readonly version?: number; readonly versionId?: string } {
  const version = query.get('v');
  const versionId = query.get('versionId');
  return { ...(version !== null && { version: Number(version) }), ...(versionId && { versionId }) };
}

/** Refuses users of other conferences, and endpoints of other users. */
function requireOwn({ backend, user, route }: Asked, conferenceId: string, endpointId?: string): void {
  const isElsewhere = user.conferenceId !== undefined && user.conferenceId !== conferenceId;
  if (isElsewhere) forbid(route.operation);
  if (endpointId !== undefined && backend.isForeign(endpointId, user.userId)) forbid(route.operation);
}

function forbid(operation: string): never {
  throw new ForbiddenError({ operation, status: 403, serverError: 'forbidden' });
}

function refuse({ route }: Asked): never {
  throw new NotFoundError({ operation: route.operation, status: 404, serverError: 'not_found' });
}

function known({ accounts }: FakeBackend, id = ''): { readonly id: string } {
  const ticket = accounts.ticket(id);
  if (ticket) return ticket;
  throw new NotFoundError({ operation: 'getTicket', status: 404, serverError: 'not_found' });
}

function createTicket({ backend, user, body }: Asked): object {
  if (!user.isService) return forbid('createTicket');
  const { properties } = body as { readonly properties?: Fields };
  const conferenceId = textIn(properties, 'conference_id');
  if (conferenceId === undefined) {
    throw new InvalidRequestError({ operation: 'createTicket', status: 400, serverError: 'invalid_request' });
  }
  const id = backend.newId('ticket');
  backend.accounts.addTicket({ id, userId: textIn(properties, 'customer_id'), conferenceId, command: body });
  return ticketOf(backend, id);
}

function ticketOf({ accounts }: FakeBackend, id: string): object {
  return { ...accounts.ticket(id)?.command, id, revoked: accounts.isRevoked(id) };
}

function revokeTicket({ backend, user, route }: Asked): void {
  if (!user.isService) forbid('revokeTicket');
  backend.accounts.revokeTicket(known(backend, route.id).id);
}

function setInteraction({ backend, user, body }: Asked): void {
  const { conferenceId, ...set } = body as { readonly conferenceId: string; readonly interactionId: string };
  const room = openRoom(backend, conferenceId, 'setInteraction');
  room.append({ type: 'ConferenceInteractionIdSetEvent', ...set, userId: user.userId });
}

function sendEvent({ backend, user, body }: Asked): object {
  const { conferenceId, event } = body as {
    readonly conferenceId: string;
    readonly event: { readonly type: string };
  };
  if (!user.isService) return forbid('sendEvent');
  if (!/^(?!Conference)[A-Z][a-z]\w*[A-Z]\w*Event$/.test(event.type)) {
    throw new InvalidRequestError({ operation: 'sendEvent', status: 400, serverError: 'invalid_request' });
  }
  const room = openRoom(backend, conferenceId, 'sendEvent');
  room.sendOutside(event);
  return { eventsSent: room.conference?.participants.length ?? 0 };
}

function textIn(values: Fields | undefined, name: string): string | undefined {
  const value = values?.[name];
  return typeof value === 'string' ? value : undefined;
}
