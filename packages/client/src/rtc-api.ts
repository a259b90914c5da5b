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
  ViewStreamCommand,
  ViewStreamResult,
  WireConference,
  WireSimpleView,
} from '@parley-rtc/contract';

/** What every call takes beside its command. */
export interface CallOptions {
  /** Aborts the call; its promise then rejects with `AbortedError` (`ERR_ABORTED`). */
  readonly signal?: AbortSignal;
  /** How long the call may take, retries included, in milliseconds. Default: the client's `timeoutMs`. */
  readonly timeoutMs?: number;
  /** Lets the request outlive the page that sends it. Default false. */
  readonly keepalive?: boolean;
}

/**
 * The Auvious RTC API: one method for each of the seed's 20 operations, and for the platform operations around them.
 * Every method settles by its deadline and rejects with one of this package's error classes.
 */
export interface RtcApi {
  create(command: CreateCommand, options?: CallOptions): Promise<ConferenceSummary>;
  join(command: JoinCommand, options?: CallOptions): Promise<ConferenceSummary>;
  leave(command: LeaveCommand, options?: CallOptions): Promise<void>;
  end(command: EndCommand, options?: CallOptions): Promise<void>;

  publishStream(command: PublishStreamCommand, options?: CallOptions): Promise<PublishStreamResult>;
  unpublishStream(command: UnpublishStreamCommand, options?: CallOptions): Promise<void>;
  viewStream(command: ViewStreamCommand, options?: CallOptions): Promise<ViewStreamResult>;
  stopViewStream(command: StopViewStreamCommand, options?: CallOptions): Promise<void>;
  addPublishStreamIceCandidates(
    command: AddPublishStreamIceCandidatesCommand,
    options?: CallOptions,
  ): Promise<void>;
  addViewStreamIceCandidates(
    command: AddViewStreamIceCandidatesCommand,
    options?: CallOptions,
  ): Promise<void>;
  updatePublishedStreamBitrate(
    command: UpdatePublishedStreamBitrateCommand,
    options?: CallOptions,
  ): Promise<void>;

  updateMetadata(command: UpdateMetadataCommand, options?: CallOptions): Promise<void>;
  updateParticipantMetadata(command: UpdateParticipantMetadataCommand, options?: CallOptions): Promise<void>;
  updateStreamMetadata(command: UpdateStreamMetadataCommand, options?: CallOptions): Promise<void>;
  setInteraction(command: SetInteractionCommand, options?: CallOptions): Promise<void>;
  sendEvent(command: SendEventCommand, options?: CallOptions): Promise<SendEventResult>;

  getConference(conferenceId: string, options?: CallOptions): Promise<WireConference>;
  getSimpleView(conferenceId: string, options?: CallOptions): Promise<WireSimpleView>;
  getActive(options?: CallOptions): Promise<readonly WireConference[]>;
  /**
   * The events from `version` on, oldest first, undecoded: hand each to the contract's `decodeEvent`. The server keeps
   * the call waiting for some 20 seconds when there is none, then answers with an empty list; the default deadline of
   * this call allows for that.
   */
  getEvents(
    conferenceId: string,
    version: number | undefined,
    options?: CallOptions,
  ): Promise<readonly unknown[]>;

  /** Registers a user endpoint and returns its id, whichever form the server answers in. */
  registerUserEndpoint(command: RegisterUserEndpointCommand, options?: CallOptions): Promise<string>;
  keepAliveUserEndpoint(command: KeepAliveUserEndpointCommand, options?: CallOptions): Promise<void>;
  unregisterUserEndpoint(command: UnregisterUserEndpointCommand, options?: CallOptions): Promise<void>;
  getIceServers(options?: CallOptions): Promise<IceServers>;
  createTicket(command: CreateTicketCommand, options?: CallOptions): Promise<Ticket>;
  getTicket(ticketId: string, options?: CallOptions): Promise<Ticket>;
}
