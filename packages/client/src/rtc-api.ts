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
  WireSimpleView,
} from '@parley-rtc/contract';

/** Options of every call. */
export interface CallOptions {
  /**
   * Aborts the call. Its promise then rejects with `AbortedError` (`ERR_ABORTED`), or with the signal's reason if that
   * is a `ParleyError`.
   */
  readonly signal?: AbortSignal;
  /**
   * Timeout in milliseconds, covering token and retries. Default: the client's `timeoutMs`. `Infinity` means no
   * timeout.
   */
  readonly timeoutMs?: number;
  /** Lets the request outlive its page, for bodies up to 64 kB. Default false. */
  readonly keepalive?: boolean;
}

/** Where a push starts, and for which endpoint. */
export interface PushStart {
  /** First version to send: the version of the state you have. `lastEventId` takes precedence. */
  readonly version?: number | undefined;
  /** The state's `versionId`, as in `EventsOptions`; checked even if `lastEventId` is set. */
  readonly versionId?: string | undefined;
  /** The `id` of the last message of an earlier push, to continue from there. */
  readonly lastEventId?: string | undefined;
  /** The endpoint that the push keeps alive. Default: all endpoints of the user. */
  readonly userEndpointId?: string | undefined;
  /** Adds messages; see `EventsOptions`. */
  readonly messages?: MessageStart | undefined;
}

/**
 * Which messages to read: those sent since the endpoint joined, those kept from before as well, or those after a
 * `sequence`.
 */
export type MessageStart = 'joined' | 'all' | number;

/** Options of `getEvents`. */
export interface EventsOptions extends CallOptions {
  /**
   * The `versionId` of the state at `version`, if its snapshot had one. A Parley extension: the server then rejects with
   * `InvalidRequestError` (`serverError: 'position_unavailable'`) if its history has been set back since.
   */
  readonly versionId?: string | undefined;
  /** The endpoint that reads. Default: all endpoints of the user are kept alive, and no messages can be read. */
  readonly userEndpointId?: string | undefined;
  /** Adds messages for `userEndpointId`, which must be a participant. A Parley extension. Default: none. */
  readonly messages?: MessageStart | undefined;
}

/** What `getWaiting` asks for. */
export interface WaitingQuery {
  /** Your own registered endpoint. */
  readonly userEndpointId: string;
  /** The `revision` of the last answer, to wait for a change. */
  readonly revision?: string | undefined;
}

/**
 * The Auvious RTC API: one method for each of the seed's 20 operations and for the platform operations around them.
 *
 * Every method settles by its deadline and rejects with one of the classes of `ApiError`, which differ in `code`.
 * The client retries only where that is safe: reads and idempotent commands after a broken connection or a 503, any
 * command after a 429. Results are what the server sent: any field may be missing, even a required one.
 */
export interface RtcApi {
  /** Creates an empty conference and joins nobody to it. Never retried: if the answer is lost, read the conference. */
  create(command: CreateCommand, options?: CallOptions): Promise<ConferenceSummary>;
  /** Joins an endpoint. Rejects with `AlreadyJoinedError` (`ERR_ALREADY_JOINED`) if it has joined before: carry on. */
  join(command: JoinCommand, options?: CallOptions): Promise<ConferenceSummary>;
  /**
   * Registers an endpoint, joins it and reads the state, in one round trip. An endpoint that has joined before stays, with new
   * `metadata` if given. A Parley extension: other servers give `NotFoundError`, or answer as they do to unknown paths.
   */
  enter(command: EnterCommand, options?: CallOptions): Promise<EnterResult>;
  /** Removes an endpoint. `NotFoundError` (`ERR_NOT_FOUND`) means that it has already left. */
  leave(command: LeaveCommand, options?: CallOptions): Promise<void>;
  /** Ends the conference for all participants. `ForbiddenError` (`ERR_FORBIDDEN`) means the right to do so is missing. */
  end(command: EndCommand, options?: CallOptions): Promise<void>;

  /** Publishes a stream. The SDP answer contains all ICE candidates of the server. */
  publishStream(command: PublishStreamCommand, options?: CallOptions): Promise<PublishStreamResult>;
  /** Unpublishes a stream. `NotFoundError` means that it is already gone. */
  unpublishStream(command: UnpublishStreamCommand, options?: CallOptions): Promise<void>;
  /** Views a stream. Use the returned `viewerId` in later calls. */
  viewStream(command: ViewStreamCommand, options?: CallOptions): Promise<ViewStreamResult>;
  /** Changes which video a view receives. A Parley extension: other servers, or a view that is gone, give `NotFoundError`. */
  updateViewStream(command: UpdateViewStreamCommand, options?: CallOptions): Promise<void>;
  /** Stops a view. `NotFoundError` means that it is already gone. */
  stopViewStream(command: StopViewStreamCommand, options?: CallOptions): Promise<void>;
  /** Adds ICE candidates of the publisher. Call it once the answer is applied. */
  addPublishStreamIceCandidates(
    command: AddPublishStreamIceCandidatesCommand,
    options?: CallOptions,
  ): Promise<void>;
  /** Adds ICE candidates of a viewer. Call it once the answer is applied. */
  addViewStreamIceCandidates(
    command: AddViewStreamIceCandidatesCommand,
    options?: CallOptions,
  ): Promise<void>;
  /** Limits the video bitrate of a stream, in bits per second. 0 removes the limit. */
  updatePublishedStreamBitrate(
    command: UpdatePublishedStreamBitrateCommand,
    options?: CallOptions,
  ): Promise<void>;

  /** Sets or removes one entry of the conference's metadata. Omit `value` to remove it. */
  updateMetadata(command: UpdateMetadataCommand, options?: CallOptions): Promise<void>;
  /** Replaces the metadata of a participant, without merging. */
  updateParticipantMetadata(command: UpdateParticipantMetadataCommand, options?: CallOptions): Promise<void>;
  /** Replaces the metadata of a stream, without merging. */
  updateStreamMetadata(command: UpdateStreamMetadataCommand, options?: CallOptions): Promise<void>;
  /** Associates the conference with an interaction. */
  setInteraction(command: SetInteractionCommand, options?: CallOptions): Promise<void>;
  /** Sends a custom event to all participants. For back ends, because it needs the role SERVICE. Never retried. */
  sendEvent(command: SendEventCommand, options?: CallOptions): Promise<SendEventResult>;
  /**
   * Sends messages to participants. A Parley extension: other servers give `NotFoundError`. Sending a message again, by its
   * `id`, has no effect, so the client retries.
   */
  sendMessages(command: SendMessagesCommand, options?: CallOptions): Promise<SendMessagesResult>;

  /**
   * Removes a participant, whose login by ticket ends. A Parley extension, as the seven methods below: other servers give
   * `NotFoundError`. `ForbiddenError` means that you may not moderate.
   */
  removeParticipant(command: RemoveParticipantCommand, options?: CallOptions): Promise<void>;
  /** Stops sending a participant's audio or video to viewers, until the participant unmutes. */
  muteParticipant(command: MuteParticipantCommand, options?: CallOptions): Promise<void>;
  /** Changes what a participant may do. */
  updatePermissions(command: UpdatePermissionsCommand, options?: CallOptions): Promise<void>;
  /** Locks or unlocks the conference, and opens or closes its waiting room. */
  updateAdmission(command: UpdateAdmissionCommand, options?: CallOptions): Promise<void>;
  /**
   * Asks to be let in, or goes on waiting: with the `revision` of the last answer, the server holds the request for about 20
   * seconds, for which this call's default timeout is 25 seconds longer.
   */
  requestEntry(command: RequestEntryCommand, options?: CallOptions): Promise<EntryAnswer>;
  /** Stops waiting. */
  cancelEntry(command: CancelEntryCommand, options?: CallOptions): Promise<void>;
  /** Admits or denies who is waiting. The first decision about an endpoint counts. */
  decideEntry(command: DecideEntryCommand, options?: CallOptions): Promise<DecideEntryResult>;
  /** Who is waiting. With a `revision`, waits for a change as `requestEntry` does. */
  getWaiting(conferenceId: string, query: WaitingQuery, options?: CallOptions): Promise<WaitingList>;

  /**
   * Records the conference on the server; resolves to the running recording, which may be an earlier one. A Parley extension:
   * other servers give `NotFoundError`.
   */
  startRecording(command: StartRecordingCommand, options?: CallOptions): Promise<StartRecordingResult>;
  /** Stops the recording, and waits for its files. `NotFoundError` means that none runs. */
  stopRecording(command: StopRecordingCommand, options?: CallOptions): Promise<void>;
  /** The recordings of a conference, oldest first, also after it has ended. */
  getRecordings(conferenceId: string, options?: CallOptions): Promise<readonly Recording[]>;
  /** The manifest of a recording. */
  getRecording(recordingId: string, options?: CallOptions): Promise<Recording>;
  /** Deletes a recording that has ended, for good. */
  deleteRecording(recordingId: string, options?: CallOptions): Promise<void>;
  /**
   * The content of a file that the manifest names. Timeout and `signal` apply until the response begins; afterwards, cancel the
   * stream.
   */
  getRecordingFile(
    recordingId: string,
    name: string,
    options?: CallOptions,
  ): Promise<ReadableStream<Uint8Array>>;

  /** The full state, listed by endpoint: a participant's `id` is an endpoint id. */
  getConference(conferenceId: string, options?: CallOptions): Promise<WireConference>;
  /** The state, grouped by user: a participant's `id` is a user id. */
  getSimpleView(conferenceId: string, options?: CallOptions): Promise<WireSimpleView>;
  /** All active conferences of the token's organization. */
  getActive(options?: CallOptions): Promise<readonly WireConference[]>;
  /**
   * The events from `version` on, oldest first and undecoded: pass each to the contract's `decodeEvent`. If there are
   * none, the server holds the request for about 20 seconds, then returns an empty list; this call's default timeout is
   * 25 seconds longer for that reason. Rejects with `InvalidRequestError` for a version that the history does not have: read
   * the conference then. Never retried: use your own retry policy.
   */
  getEvents(
    conferenceId: string,
    version: number | undefined,
    options?: EventsOptions,
  ): Promise<readonly unknown[]>;

  /**
   * Opens the push: server-sent events that carry what a poll returns, plus events outside the history. Returns the
   * body as a stream. A Parley extension: other servers give `NotFoundError`, or `ServerError` if the response is not an
   * event stream. Timeout and `signal` apply until the response begins; afterwards, cancel the stream to end the push.
   * Never retried.
   */
  openPush(
    conferenceId: string,
    start: PushStart,
    options?: CallOptions,
  ): Promise<ReadableStream<Uint8Array>>;

  /** Registers a user endpoint and returns its id. */
  registerUserEndpoint(command: RegisterUserEndpointCommand, options?: CallOptions): Promise<string>;
  /** Restarts the endpoint's keep-alive deadline. `NotFoundError` means that it is gone: register and join again. */
  keepAliveUserEndpoint(command: KeepAliveUserEndpointCommand, options?: CallOptions): Promise<void>;
  /** Unregisters the endpoint, which then leaves every conference. */
  unregisterUserEndpoint(command: UnregisterUserEndpointCommand, options?: CallOptions): Promise<void>;
  /** STUN and TURN servers for the next connection. Their credentials expire. */
  getIceServers(options?: CallOptions): Promise<IceServers>;
  /** Creates a code that admits a guest to one conference; see `redeemTicket`. For back ends. Never retried. */
  createTicket(command: CreateTicketCommand, options?: CallOptions): Promise<Ticket>;
  /** Reads a ticket of your organization. */
  getTicket(ticketId: string, options?: CallOptions): Promise<Ticket>;
  /**
   * Makes a ticket of your organization useless for good and ends every login that it started; their endpoints leave. For
   * back ends. Safe to repeat. Parley's addition to the API.
   */
  revokeTicket(ticketId: string, options?: CallOptions): Promise<void>;
  /**
   * Ends every login of a user of your organization; its endpoints leave. Revoke its ticket too, or it can log in again.
   * `ForbiddenError` for a client. For back ends. Safe to repeat. Parley's addition to the API.
   */
  revokeUser(command: RevokeUserCommand, options?: CallOptions): Promise<void>;
}

/**
 * What a call needs of the API.
 *
 * @internal For Parley's own packages; may change without notice.
 */
export type CallApi = Omit<
  RtcApi,
  | 'setInteraction'
  | 'getActive'
  | 'getRecordings'
  | 'getRecording'
  | 'deleteRecording'
  | 'getRecordingFile'
  | 'createTicket'
  | 'getTicket'
  | 'revokeTicket'
  | 'revokeUser'
>;
