import type { Readable } from 'node:stream';
import type {
  AddPublishStreamIceCandidatesCommand,
  AddViewStreamIceCandidatesCommand,
  CancelEntryCommand,
  ConferenceSummary,
  CreateCommand,
  CreateTicketCommand,
  DecideEntryCommand,
  DecideEntryResult,
  EndCommand,
  EnterCommand,
  EnterResult,
  EntryAnswer,
  IceServers,
  JoinCommand,
  KeepAliveUserEndpointCommand,
  LeaveCommand,
  MuteParticipantCommand,
  PublishStreamCommand,
  PublishStreamResult,
  Recording,
  RegisterUserEndpointCommand,
  RemoveParticipantCommand,
  RequestEntryCommand,
  RevokeUserCommand,
  SendEventCommand,
  SendEventResult,
  SendMessagesCommand,
  SendMessagesResult,
  SetInteractionCommand,
  StartRecordingCommand,
  StartRecordingResult,
  StopRecordingCommand,
  StopViewStreamCommand,
  Ticket,
  TokenRequest,
  TokenResponse,
  UnpublishStreamCommand,
  UnregisterUserEndpointCommand,
  UpdateAdmissionCommand,
  UpdateMetadataCommand,
  UpdateParticipantMetadataCommand,
  UpdatePermissionsCommand,
  UpdatePublishedStreamBitrateCommand,
  UpdateStreamMetadataCommand,
  UpdateViewStreamCommand,
  ViewStreamCommand,
  ViewStreamResult,
  WaitingList,
  WireConference,
  WireEvent,
  WireSimpleView,
} from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';

/**
 * The request and response types of each operation in openapi.yaml, by operationId. The document describes the rest.
 */
interface Operations {
  create: Operation<CreateCommand, ConferenceSummary>;
  join: Operation<JoinCommand, ConferenceSummary>;
  enter: Operation<EnterCommand, EnterResult>;
  leave: Operation<LeaveCommand>;
  end: Operation<EndCommand>;
  setInteraction: Operation<SetInteractionCommand>;
  sendEvent: Operation<SendEventCommand, SendEventResult>;
  removeParticipant: Operation<RemoveParticipantCommand>;
  muteParticipant: Operation<MuteParticipantCommand>;
  updatePermissions: Operation<UpdatePermissionsCommand>;
  updateAdmission: Operation<UpdateAdmissionCommand>;
  requestEntry: Operation<RequestEntryCommand, EntryAnswer>;
  cancelEntry: Operation<CancelEntryCommand>;
  decideEntry: Operation<DecideEntryCommand, DecideEntryResult>;
  getWaiting: Operation<undefined, WaitingList, { readonly id: string }, WaitingQuery>;
  sendMessages: Operation<SendMessagesCommand, SendMessagesResult>;
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
  startRecording: Operation<StartRecordingCommand, StartRecordingResult>;
  stopRecording: Operation<StopRecordingCommand>;
  getRecordings: Operation<undefined, readonly Recording[], { readonly id: string }>;
  getRecording: Operation<undefined, Recording, { readonly recordingId: string }>;
  deleteRecording: Operation<undefined, void, { readonly recordingId: string }>;
  getRecordingFile: Operation<
    undefined,
    AnsweredFile,
    { readonly recordingId: string; readonly name: string }
  >;
  requestToken: PublicOperation<TokenRequest, TokenResponse>;
  createTicket: Operation<CreateTicketCommand, Ticket>;
  getTicket: Operation<undefined, Ticket, { readonly id: string }>;
  revokeTicket: Operation<undefined, void, { readonly id: string }>;
  revokeUser: Operation<RevokeUserCommand>;
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

/** A file whose content is the response. */
export interface AnsweredFile {
  readonly folder: string;
  readonly name: string;
}

interface EventsQuery {
  readonly v?: number;
  readonly versionId?: string;
  readonly userEndpointId?: string;
  readonly messages?: string;
}

interface WaitingQuery {
  readonly userEndpointId: string;
  readonly revision?: string;
}

/** An operation for callers without an access token. */
interface PublicOperation<Body, Answer> {
  readonly call: Call<Body, unknown, unknown>;
  readonly answer: Answer;
}

/** A validated request. */
interface Call<Body, Params, Query> {
  readonly body: Body;
  readonly params: Params;
  readonly query: Query;
  /** The raw `Authorization` header. */
  readonly authorization: string | undefined;
  /** The caller's address, as rate limits count it. */
  readonly address: string;
  /** The `Last-Event-ID` header: the id of the last server-sent event that the caller received. */
  readonly lastEventId: string | undefined;
  /** Aborts when the caller hangs up before the response. */
  readonly signal: AbortSignal;
}

/** Handlers for some of the operations. */
export type Handlers<Name extends keyof Operations = keyof Operations> = {
  readonly [Key in Name]: (
    call: Operations[Key]['call'],
  ) => Operations[Key]['answer'] | Promise<Operations[Key]['answer']>;
};
