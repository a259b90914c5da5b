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
  WireSimpleView,
} from '@parley-rtc/contract';

/** What every call takes beside its command. */
export interface CallOptions {
  /**
   * Aborts the call; its promise then rejects with `AbortedError` (`ERR_ABORTED`), or with the signal's reason where
   * that is a `ParleyError`.
   */
  readonly signal?: AbortSignal;
  /**
   * How long the call may take, token and retries included, in milliseconds. Default: the client's `timeoutMs`.
   * `Infinity`: as long as it takes.
   */
  readonly timeoutMs?: number;
  /** Lets the request outlive the page that sends it; bodies up to 64 kB. Default false. */
  readonly keepalive?: boolean;
}

/** Where a push starts, and for whom. */
export interface PushStart {
  /** The first version wanted, which is that of the state you hold. Of no effect beside `lastEventId`. */
  readonly version?: number | undefined;
  /** The `id` of the last message of an earlier push, to go on where it ended. */
  readonly lastEventId?: string | undefined;
  /** The one endpoint that the push keeps alive. Default: all of the user's. */
  readonly userEndpointId?: string | undefined;
}

/**
 * The Auvious RTC API: one method for each of the seed's 20 operations, and for the platform operations around them.
 *
 * Every method settles by its deadline and rejects with one of the classes of `ApiError`; tell them apart by `code`.
 * A request is repeated only where that does no harm: reads and idempotent commands after a broken connection or a 503,
 * any command after a 429. Answers are what the server sent: fields may be missing, even required ones.
 */
export interface RtcApi {
  /** Makes an empty conference; nobody is joined by it. Never repeated: after a lost answer, read the conference. */
  create(command: CreateCommand, options?: CallOptions): Promise<ConferenceSummary>;
  /** Brings an endpoint in. Rejects with `AlreadyJoinedError` (`ERR_ALREADY_JOINED`) if it is in: go on as if joined. */
  join(command: JoinCommand, options?: CallOptions): Promise<ConferenceSummary>;
  /** Takes an endpoint out. `NotFoundError` (`ERR_NOT_FOUND`) says that it is out already. */
  leave(command: LeaveCommand, options?: CallOptions): Promise<void>;
  /** Ends the conference for everybody. `ForbiddenError` (`ERR_FORBIDDEN`) without the right to. */
  end(command: EndCommand, options?: CallOptions): Promise<void>;

  /** Offers a stream; the answer holds every ICE candidate of the server. */
  publishStream(command: PublishStreamCommand, options?: CallOptions): Promise<PublishStreamResult>;
  /** Withdraws a stream. `NotFoundError` says that it is gone already. */
  unpublishStream(command: UnpublishStreamCommand, options?: CallOptions): Promise<void>;
  /** Offers to receive a stream; use the `viewerId` that comes back. */
  viewStream(command: ViewStreamCommand, options?: CallOptions): Promise<ViewStreamResult>;
  /** Changes what a view gets of the video. An extension of Parley: elsewhere `NotFoundError`, as for a view that is gone. */
  updateViewStream(command: UpdateViewStreamCommand, options?: CallOptions): Promise<void>;
  /** Ends a view. `NotFoundError` says that it is gone already. */
  stopViewStream(command: StopViewStreamCommand, options?: CallOptions): Promise<void>;
  /** Adds candidates of the publisher, once its answer is applied. */
  addPublishStreamIceCandidates(
    command: AddPublishStreamIceCandidatesCommand,
    options?: CallOptions,
  ): Promise<void>;
  /** Adds candidates of a viewer, once its answer is applied. */
  addViewStreamIceCandidates(
    command: AddViewStreamIceCandidatesCommand,
    options?: CallOptions,
  ): Promise<void>;
  /** Limits the video of a stream, in bits per second; 0 lifts the limit. */
  updatePublishedStreamBitrate(
    command: UpdatePublishedStreamBitrateCommand,
    options?: CallOptions,
  ): Promise<void>;

  /** Sets or removes one entry of the conference's metadata. Leave `value` out to remove. */
  updateMetadata(command: UpdateMetadataCommand, options?: CallOptions): Promise<void>;
  /** Replaces the metadata of a participant; nothing is merged. */
  updateParticipantMetadata(command: UpdateParticipantMetadataCommand, options?: CallOptions): Promise<void>;
  /** Replaces the metadata of a stream; nothing is merged. */
  updateStreamMetadata(command: UpdateStreamMetadataCommand, options?: CallOptions): Promise<void>;
  /** Ties the conference to an interaction. */
  setInteraction(command: SetInteractionCommand, options?: CallOptions): Promise<void>;
  /** Sends an event of your own to everybody inside. Needs the role SERVICE, so it is for back ends. Never repeated. */
  sendEvent(command: SendEventCommand, options?: CallOptions): Promise<SendEventResult>;

  /** The full state, listed by endpoint: a participant's `id` is an endpoint. */
  getConference(conferenceId: string, options?: CallOptions): Promise<WireConference>;
  /** The state grouped by user: a participant's `id` is a user. */
  getSimpleView(conferenceId: string, options?: CallOptions): Promise<WireSimpleView>;
  /** Every active conference of the token's organisation. */
  getActive(options?: CallOptions): Promise<readonly WireConference[]>;
  /**
   * The events from `version` on, oldest first, undecoded: hand each to the contract's `decodeEvent`. The server keeps
   * the call waiting for some 20 seconds when there is none, then answers with an empty list; the default deadline of
   * this call is 25 seconds longer for that. Never repeated: retry by a policy of your own.
   */
  getEvents(
    conferenceId: string,
    version: number | undefined,
    options?: CallOptions,
  ): Promise<readonly unknown[]>;

  /**
   * Opens the push, server-sent events with those that a poll brings and those outside of the history; returns the body
   * as it comes. An extension of Parley: elsewhere `NotFoundError`, or `ServerError` for an answer that is no such
   * stream. Deadline and `signal` rule until the answer begins; then cancel the stream to end it. Never repeated.
   */
  openPush(
    conferenceId: string,
    start: PushStart,
    options?: CallOptions,
  ): Promise<ReadableStream<Uint8Array>>;

  /** Registers a user endpoint and returns its id, whichever form the server answers in. */
  registerUserEndpoint(command: RegisterUserEndpointCommand, options?: CallOptions): Promise<string>;
  /** Restarts the endpoint's deadline. `NotFoundError` says that it is gone: register and join again. */
  keepAliveUserEndpoint(command: KeepAliveUserEndpointCommand, options?: CallOptions): Promise<void>;
  /** Ends the session; the endpoint leaves every conference. */
  unregisterUserEndpoint(command: UnregisterUserEndpointCommand, options?: CallOptions): Promise<void>;
  /** STUN and TURN servers for the next connection; their credentials expire. */
  getIceServers(options?: CallOptions): Promise<IceServers>;
  /** Makes a code that lets a guest into one conference; see `redeemTicket`. For back ends. Never repeated. */
  createTicket(command: CreateTicketCommand, options?: CallOptions): Promise<Ticket>;
  /** A ticket of the own organisation. */
  getTicket(ticketId: string, options?: CallOptions): Promise<Ticket>;
}
