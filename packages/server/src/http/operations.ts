import type { Readable } from 'node:stream';
import type {
  AddPublishStreamIceCandidatesCommand,
  AddViewStreamIceCandidatesCommand,
  ConferenceSummary,
  CreateCommand,
  CreateTicketCommand,
  EndCommand,
  IceServers,
  JoinCommand,
  KeepAliveUserEndpointCommand,
  LeaveCommand,
  PublishStreamCommand,
  PublishStreamResult,
  RegisterUserEndpointCommand,
  SendEventCommand,
  SendEventResult,
  SetInteractionCommand,
  StopViewStreamCommand,
  Ticket,
  TokenRequest,
  TokenResponse,
  UnpublishStreamCommand,
  UnregisterUserEndpointCommand,
  UpdateMetadataCommand,
  UpdateParticipantMetadataCommand,
  UpdatePublishedStreamBitrateCommand,
  UpdateStreamMetadataCommand,
  UpdateViewStreamCommand,
  ViewStreamCommand,
  ViewStreamResult,
  WireConference,
  WireEvent,
  WireSimpleView,
} from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';

/** The operations of openapi.yaml by operationId: what each takes and answers. The document says the rest. */
interface Operations {
  create: Operation<CreateCommand, ConferenceSummary>;
  join: Operation<JoinCommand, ConferenceSummary>;
  leave: Operation<LeaveCommand>;
  end: Operation<EndCommand>;
  setInteraction: Operation<SetInteractionCommand>;
  sendEvent: Operation<SendEventCommand, SendEventResult>;
  updateMetadata: Operation<UpdateMetadataCommand>;
  updateParticipantMetadata: Operation<UpdateParticipantMetadataCommand>;
  publishStream: Operation<PublishStreamCommand, PublishStreamResult>;
  unpublishStream: Operation<UnpublishStreamCommand>;
  addPublishStreamIceCandidates: Operation<AddPublishStreamIceCandidatesCommand>;
  updateStreamMetadata: Operation<UpdateStreamMetadataCommand>;
  updatePublishedStreamBitrate: Operation<UpdatePublishedStreamBitrateCommand>;
  viewStream: Operation<ViewStreamCommand, ViewStreamResult>;
  updateViewStream: Operation<UpdateViewStreamCommand>;
  stopViewStream: Operation<StopViewStreamCommand>;
  addViewStreamIceCandidates: Operation<AddViewStreamIceCandidatesCommand>;
  getActive: Operation<undefined, readonly WireConference[]>;
  getConference: Operation<undefined, WireConference, { readonly id: string }>;
  getSimpleView: Operation<undefined, WireSimpleView, { readonly id: string }>;
  getEvents: Operation<undefined, readonly WireEvent[], { readonly id: string }, EventsQuery>;
  openPush: Operation<
    undefined,
    Readable,
    { readonly id: string },
    EventsQuery & { readonly lastEventId?: string }
  >;
  requestToken: PublicOperation<TokenRequest, TokenResponse>;
  createTicket: Operation<CreateTicketCommand, Ticket>;
  getTicket: Operation<undefined, Ticket, { readonly id: string }>;
  registerUserEndpoint: Operation<RegisterUserEndpointCommand, string>;
  registerUserEndpointLegacy: Operation<RegisterUserEndpointCommand, { readonly id: string }>;
  keepAliveUserEndpoint: Operation<KeepAliveUserEndpointCommand>;
  unregisterUserEndpoint: Operation<UnregisterUserEndpointCommand>;
  getIceServers: Operation<undefined, IceServers>;
}

interface Operation<Body, Answer = void, Params = unknown, Query = unknown> {
  readonly call: Call<Body, Params, Query> & { readonly actor: Actor };
  readonly answer: Answer;
}

interface EventsQuery {
  readonly v?: number;
  readonly userEndpointId?: string;
}

/** An operation for callers who have no access token yet. */
interface PublicOperation<Body, Answer> {
  readonly call: Call<Body, unknown, unknown>;
  readonly answer: Answer;
}

/** A request that fits the document. */
interface Call<Body, Params, Query> {
  readonly body: Body;
  readonly params: Params;
  readonly query: Query;
  /** The raw `Authorization` header. */
  readonly authorization: string | undefined;
  /** The `Last-Event-ID` header: the id of the last server-sent event that the caller got. */
  readonly lastEventId: string | undefined;
  /** Aborts when the caller hangs up before the answer. */
  readonly signal: AbortSignal;
}

/** What carries out some of the operations. */
export type Handlers<Name extends keyof Operations = keyof Operations> = {
  readonly [Key in Name]: (
    call: Operations[Key]['call'],
  ) => Operations[Key]['answer'] | Promise<Operations[Key]['answer']>;
};
