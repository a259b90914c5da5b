import { createCallApi, withBoundary, type CallOptions } from '@parley-rtc/client';
import type { ConferenceSummary, JsonObject } from '@parley-rtc/contract';
import type { ConferenceEvents, ConferenceListener } from '../announcing/conference-events.ts';
import { hold, resume } from '../conventions/hold.ts';
import type {
  MessagePayload,
  RequestHandler,
  RequestOptions,
  SendOptions,
  SentMessage,
} from '../messages/message.ts';
import type { Moderation, WaitingRoom } from '../moderation/moderation.ts';
import type { PublishOptions } from '../publishing/publish-options.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import type { StreamQuality } from '../quality/quality-of.ts';
import type { StartedRecording } from '../recording/recording-calls.ts';
import type { ConferenceStore } from '../state/conference-store.ts';
import { assertMaxVideos } from '../viewing/assert-max-videos.ts';
import type { ViewedStream, ViewOptions } from '../viewing/viewed-stream.ts';
import { createConference, type CreateOptions } from './create-conference.ts';
import { joinConference } from './join-conference.ts';
import type { JoinOptions } from './join-options.ts';
import type { LeaveOptions } from './session-options.ts';
import type { Session } from './session.ts';
import { TokenWatch } from './token-watch.ts';

/**
 * A conference that we have joined. Get one from {@link Conference.join}; after {@link Conference.leave}, or once it has
 * ended, every method rejects with `NotJoinedError` (`ERR_NOT_JOINED`).
 *
 * In addition to the errors named here, every method that talks to the server rejects with the error classes of
 * `@parley-rtc/client`; all of them are {@link ParleyError}s with a stable `code`.
 */
export class Conference implements AsyncDisposable {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** Creates a conference and returns its id, version and mode. Does not join it. */
  static create(options: CreateOptions): Promise<ConferenceSummary> {
    return createConference(options);
  }

  /**
   * Joins a conference: registers our endpoint, enters, reads the state and starts to follow it. Rejects and leaves nothing
   * behind when a step fails, `signal` aborts or `timeoutMs` expires.
   *
   * @throws EndpointInUseError (`ERR_ENDPOINT_IN_USE`) when another tab uses `endpointId`.
   * @throws ConferenceFullError (`ERR_CONFERENCE_FULL`), ConferenceLockedError (`ERR_CONFERENCE_LOCKED`), RemovedError
   * (`ERR_REMOVED`) when the conference is closed to us.
   * @throws EntryDeniedError (`ERR_ENTRY_DENIED`), EntryExpiredError (`ERR_ENTRY_EXPIRED`) after waiting in a waiting room.
   */
  static async join(options: JoinOptions): Promise<Conference> {
    const { server, token, maxVideos = Infinity, ...rest } = options;
    assertMaxVideos(maxVideos);
    const access = new TokenWatch();
    const api = createCallApi({ server, token, onToken: access.onToken, log: options.log });
    const session = await joinConference(api, { ...rest, access });
    session.media.setMaxVideos(maxVideos);
    return new Conference(session);
  }

  /** The session while we are in the conference. @throws NotJoinedError (`ERR_NOT_JOINED`). */
  get #joined(): Session {
    this.#session.assertJoined();
    return this.#session;
  }

  /** The conference's id. */
  get id(): string {
    return this.state.getSnapshot().conference.id;
  }

  /** Our own endpoint id, as assigned by the server. */
  get endpointId(): string {
    return this.state.getSnapshot().endpointId;
  }

  /**
   * The outcome of the `publish` option of {@link Conference.join}; undefined without it. Rejects like `publishStream`; the
   * event `error` also announces a failure, so you can ignore the promise.
   */
  get published(): Promise<PublishedStream> | undefined {
    return this.#session.published;
  }

  /** The state of the conference. Read it or subscribe to its changes. */
  get state(): ConferenceStore {
    return this.#session.store;
  }

  /** What moderators do: remove and mute participants, change what they may do, and close the door. */
  get moderation(): Moderation {
    return this.#session.moderating.moderation;
  }

  /** The guests who wait to be admitted, as state, and deciding about them; for moderators. */
  get waitingRoom(): WaitingRoom {
    return this.#session.moderating.waitingRoom;
  }

  /**
   * Calls `listener` for every event `name` until the returned function is called. Listeners of `stream-published` and
   * `participant-joined` are first called, asynchronously, once for each stream or participant that already exists.
   */
  on<Name extends keyof ConferenceEvents>(name: Name, listener: ConferenceListener<Name>): () => void {
    return this.#session.announcer.on(name, listener);
  }

  /**
   * Returns the last measured quality of a published or viewed stream, with its causes; undefined before the first
   * measurement. Measuring starts with the first listener of `quality-changed`.
   */
  quality(streamId: string): StreamQuality | undefined {
    return this.#session.qualities.get(streamId);
  }

  /**
   * Captures and publishes a stream. Resolves once the server has accepted it and its answer is applied; the connection may
   * not be established yet. Stops everything it captured on any failure.
   *
   * @throws DeviceDeniedError, DeviceDismissedError, DeviceBlockedByPolicyError, DeviceNotFoundError, DeviceInUseError,
   * DeviceOverconstrainedError, ScreenShareCancelledError, InsecureOriginError, UnsupportedBrowserError when capturing fails.
   * @throws OnHoldError (`ERR_ON_HOLD`) when sharing a screen while the conference is on hold.
   * @throws StreamTypeMismatchError (`ERR_STREAM_TYPE_MISMATCH`) when a `mediaStream` does not fit its `type`.
   * @throws TrackEndedError (`ERR_TRACK_ENDED`) when a track of yours has ended, or the user stopped sharing the screen while
   * it was being published.
   * @throws NegotiationError (`ERR_NEGOTIATION`) when the server's answer cannot be applied.
   */
  async publishStream(options: PublishOptions): Promise<PublishedStream> {
    return this.#joined.media.publish(options);
  }

  /**
   * Views a stream of another participant. Resolves once the server's answer is applied; media follows. Viewing a stream
   * twice creates two views.
   *
   * @throws StreamNotFoundError (`ERR_STREAM_NOT_FOUND`) when no participant publishes it, or no longer does.
   * @throws NegotiationError (`ERR_NEGOTIATION`) when the server's answer cannot be applied.
   */
  async viewStream(streamId: string, options: ViewOptions = {}): Promise<ViewedStream> {
    return this.#joined.media.view(streamId, options);
  }

  /**
   * Limits how many videos are received at the same time. Default `Infinity`: no limit. Above the limit, pauses the video of
   * the views with the lowest priority, and among those, of the ones that became visible first; their audio continues.
   *
   * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for anything but a number of at least 0.
   */
  async setMaxVideos(maxVideos: number): Promise<void> {
    this.#joined.media.setMaxVideos(maxVideos);
  }

  /**
   * Plays everything that the browser blocked until the user acts (`state.playback.blockedStreamIds`). Call it from a click
   * handler.
   *
   * @throws PlaybackBlockedError (`ERR_PLAYBACK_BLOCKED`) when the browser still refuses.
   */
  async startPlayback(): Promise<void> {
    await (await this.#joined.media.viewing()).startPlayback();
  }

  /**
   * Plays all current and later views through an audio output; `''` selects the system default. A view with its own output
   * keeps it.
   *
   * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) without `setSinkId`; AudioOutputError
   * (`ERR_AUDIO_OUTPUT`) when the browser refuses; the current output then stays in use.
   */
  async setAudioOutput(deviceId: string): Promise<void> {
    await (await this.#joined.media.viewing()).setAudioOutput(deviceId);
  }

  /**
   * Sends a message to all participants, or to some (`to`); they receive it with the event `message`. Resolves once the server
   * has it: each recipient then receives it once, also after reconnecting, and in the order of our calls. Tries for 30 s while
   * the network is lost.
   *
   * @throws InvalidMessageError (`ERR_INVALID_MESSAGE`) for a topic or payload that cannot be sent.
   * @throws RecipientNotFoundError (`ERR_RECIPIENT_NOT_FOUND`) for a recipient who is not there.
   * @throws TooManyRequestsError (`ERR_TOO_MANY_REQUESTS`); `retryAfterMs` says when to try again.
   * @throws InvalidRequestError (`ERR_INVALID_REQUEST`) for a message above the server's limit of 64 KiB.
   * @throws UnsupportedByServerError (`ERR_UNSUPPORTED_BY_SERVER`) on a server without messages.
   */
  async send(topic: string, payload: MessagePayload, options: SendOptions = {}): Promise<SentMessage> {
    return this.#joined.messages.send(topic, payload, options);
  }

  /**
   * Asks one participant, whose page answers with `onRequest`. Resolves with the answer.
   *
   * @throws RequestFailedError (`ERR_REQUEST_FAILED`) when there is no handler, or it failed.
   * @throws TimeoutError (`ERR_TIMEOUT`) without an answer in time (10 s by default); otherwise the errors of {@link send}.
   */
  async request(topic: string, payload: MessagePayload, options: RequestOptions): Promise<MessagePayload> {
    return this.#joined.messages.request(topic, payload, options);
  }

  /** Answers the requests of other participants about `topic`, until the returned function is called. One handler a topic. */
  onRequest(topic: string, handler: RequestHandler): () => void {
    return this.#joined.messages.onRequest(topic, handler);
  }

  /** Sets one entry of the conference's metadata, which all participants share. */
  async setMetadata(key: string, value: string, options: CallOptions = {}): Promise<void> {
    await this.#joined.metadata.change(key, value, options);
  }

  /** Removes one entry of the conference's metadata. Does nothing for an entry that does not exist. */
  async removeMetadata(key: string, options: CallOptions = {}): Promise<void> {
    await this.#joined.metadata.change(key, undefined, options);
  }

  /** Turns off the cameras and microphones of all participants, and blocks screen sharing, until a participant resumes. */
  async hold(options: CallOptions = {}): Promise<void> {
    const { metadata } = this.#joined;
    await hold((key, value) => metadata.change(key, value, options));
  }

  /** Resumes after `hold`, whoever called it. Tracks that were muted before stay muted. */
  async resume(options: CallOptions = {}): Promise<void> {
    const { store, metadata } = this.#joined;
    const { conference } = store.getSnapshot();
    await resume(conference, (key, value) => metadata.change(key, value, options));
  }

  /**
   * Records all streams on the server, also those that are published later, until `stopRecording` or the end of the
   * conference. Resolves to the running recording, which another participant may have started. Everyone receives
   * `recording-changed`. Needs the permission `record`.
   *
   * @throws RecordingRefusedError (`ERR_RECORDING_REFUSED`) when the server cannot record; `reason` says why.
   * @throws ForbiddenError (`ERR_FORBIDDEN`) without the right to record.
   * @throws UnsupportedByServerError (`ERR_UNSUPPORTED_BY_SERVER`) on a server without recording.
   */
  async startRecording(options: CallOptions = {}): Promise<StartedRecording> {
    return (await this.#joined.recording()).start(options);
  }

  /** Stops recording on the server; resolves once its files are complete. Does nothing if the server does not record. */
  async stopRecording(options: CallOptions = {}): Promise<void> {
    await (await this.#joined.recording()).stop(options);
  }

  /** Replaces our own metadata as a whole. */
  async setParticipantMetadata(metadata: JsonObject, options: CallOptions = {}): Promise<void> {
    await this.#joined.metadata.describeSelf(metadata, options);
  }

  /**
   * Leaves the conference: closes every connection, stops captured media and notifies the server. Calling it again is safe.
   * Never rejects: a server that cannot be reached detects the departure by timeout.
   */
  leave(options: LeaveOptions = {}): Promise<void> {
    return this.#session.leave(options);
  }

  /** Ends the conference for all participants. Moderators and the creator may. Rejects when the server refuses; we then stay in the conference. */
  async end(options: LeaveOptions = {}): Promise<void> {
    return this.#session.end(options);
  }

  /** Leaves, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }
}

withBoundary(Conference);
withBoundary(Conference.prototype);
