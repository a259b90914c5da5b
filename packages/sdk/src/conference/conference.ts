import { type CallOptions, createRtcApi } from '@parley-rtc/client';
import type { ConferenceSummary, JsonObject } from '@parley-rtc/contract';
import { hold, resume } from '../conventions/hold.ts';
import type { PublishOptions } from '../media/publish-options.ts';
import type { PublishedStream } from '../media/published-stream.ts';
import type { StreamQuality } from '../quality/quality-of.ts';
import type { ViewedStream, ViewOptions } from '../media/viewed-stream.ts';
import { assertMaxVideos } from '../viewing/assert-max-videos.ts';
import type { ConferenceEvents, ConferenceListener } from './conference-events.ts';
import type { ConferenceStore } from './conference-store.ts';
import { createConference, type CreateOptions } from './create-conference.ts';
import { joinConference, type JoinOptions } from './join-conference.ts';
import type { LeaveOptions, Session } from './session.ts';
import { TokenWatch } from './token-watch.ts';

/** The constructor for those in the house, who bring a session of their own making. */
export let conferenceOver: (session: Session) => Conference;

/**
 * A conference that we are in. Get one from {@link Conference.join}; after {@link Conference.leave}, or once it has
 * ended, every method rejects with `NotJoinedError` (`ERR_NOT_JOINED`).
 *
 * Beside the errors named here, every method that talks to the server rejects with the error classes of
 * `@parley-rtc/client`; all of them are {@link ParleyError}s with a stable `code`.
 */
export class Conference implements AsyncDisposable {
  readonly #session: Session;

  static {
    conferenceOver = (session) => new Conference(session);
  }

  private constructor(session: Session) {
    this.#session = session;
  }

  /** Makes a conference and returns its id, version and mode. Does not join it. */
  static create(options: CreateOptions): Promise<ConferenceSummary> {
    return createConference(options);
  }

  /**
   * Enters a conference: registers our endpoint, joins, reads the state and starts to follow it. Rejects with nothing
   * left behind when a step fails, `signal` aborts or `timeoutMs` is over.
   *
   * @throws EndpointInUseError (`ERR_ENDPOINT_IN_USE`) when another tab is the endpoint `endpointId`.
   */
  static async join(options: JoinOptions): Promise<Conference> {
    const { server, token, maxVideos = Infinity, ...rest } = options;
    assertMaxVideos(maxVideos);
    const access = new TokenWatch();
    const session = await joinConference(createRtcApi({ server, token, onToken: access.onToken }), {
      ...rest,
      access,
    });
    session.media.setMaxVideos(maxVideos);
    return new Conference(session);
  }

  /** The conference's id. */
  get id(): string {
    return this.state.getSnapshot().conference.id;
  }

  /** Our own endpoint, as the server named it. */
  get endpointId(): string {
    return this.state.getSnapshot().endpointId;
  }

  /**
   * What became of `publish` of {@link Conference.join}; undefined without it. Rejects with what `publishStream` rejects
   * with, which is announced as `error` too, so that nobody has to wait for it.
   */
  get published(): Promise<PublishedStream> | undefined {
    return this.#session.published;
  }

  /** What is known about the conference, to read and to subscribe to. */
  get state(): ConferenceStore {
    return this.#session.store;
  }

  /**
   * Calls `listener` at every such event until the returned function is called. Listeners of `stream-published` and
   * `participant-joined` first hear, in a moment, of what is already there; of each stream and participant once.
   */
  on<Name extends keyof ConferenceEvents>(name: Name, listener: ConferenceListener<Name>): () => void {
    return this.#session.announcer.on(name, listener);
  }

  /**
   * How good a stream is and why, ours or a viewed one's, as measured last; undefined before that, and as long as
   * nobody has listened to `quality-changed`, because nothing is measured then.
   */
  quality(streamId: string): StreamQuality | undefined {
    return this.#session.qualities.get(streamId);
  }

  /**
   * Captures what `options` ask for and sends it to the others. Resolves once the server has accepted it and its
   * answer is applied; the connection may still be coming up. On any failure everything captured is stopped.
   *
   * @throws DeviceDeniedError, DeviceDismissedError, DeviceBlockedByPolicyError, DeviceNotFoundError, DeviceInUseError,
   * DeviceOverconstrainedError, ScreenShareCancelledError, InsecureOriginError, UnsupportedBrowserError when the media
   * cannot be had.
   * @throws OnHoldError (`ERR_ON_HOLD`) for a screen while the conference is on hold.
   * @throws StreamTypeMismatchError (`ERR_STREAM_TYPE_MISMATCH`) when a `mediaStream` does not fit its `type`.
   * @throws NegotiationError (`ERR_NEGOTIATION`) when the server's answer cannot be applied.
   */
  async publishStream(options: PublishOptions): Promise<PublishedStream> {
    this.#session.assertJoined();
    return this.#session.media.publish(options);
  }

  /**
   * Receives a stream that somebody else publishes. Resolves once the server's answer is applied; media follows.
   * Viewing a stream twice makes two views.
   *
   * @throws StreamNotFoundError (`ERR_STREAM_NOT_FOUND`) when nobody publishes it (any more).
   * @throws NegotiationError (`ERR_NEGOTIATION`) when the server's answer cannot be applied.
   */
  async viewStream(streamId: string, options: ViewOptions = {}): Promise<ViewedStream> {
    this.#session.assertJoined();
    return this.#session.media.view(streamId, options);
  }

  /**
   * Limits how many videos flow at the same time; `Infinity`, the default, is no limit. Beyond it the views of the
   * lowest priority, then those that came into sight first, are paused; their sound goes on.
   *
   * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for anything but a number from 0 on.
   */
  async setMaxVideos(maxVideos: number): Promise<void> {
    this.#session.assertJoined();
    this.#session.media.setMaxVideos(maxVideos);
  }

  /**
   * Plays everything that the browser blocked until the user acts (`state.playback.blockedStreamIds`). To be called in
   * a click handler.
   *
   * @throws PlaybackBlockedError (`ERR_PLAYBACK_BLOCKED`) when the browser still refuses.
   */
  async startPlayback(): Promise<void> {
    this.#session.assertJoined();
    await (await this.#session.media.viewing()).startPlayback();
  }

  /**
   * Plays all views, now and later, through an audio output; `''` is the system's. A view that was given one of its own
   * keeps it.
   *
   * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) without `setSinkId`; AudioOutputError
   * (`ERR_AUDIO_OUTPUT`) when the browser refuses, and everything plays where it did.
   */
  async setAudioOutput(deviceId: string): Promise<void> {
    this.#session.assertJoined();
    await (await this.#session.media.viewing()).setAudioOutput(deviceId);
  }

  /** Sets one entry of the metadata that everybody shares. */
  async setMetadata(key: string, value: string, options: CallOptions = {}): Promise<void> {
    this.#session.assertJoined();
    await this.#session.metadata.change(key, value, options);
  }

  /** Removes one entry of the metadata that everybody shares; one that is not there is fine. */
  async removeMetadata(key: string, options: CallOptions = {}): Promise<void> {
    this.#session.assertJoined();
    await this.#session.metadata.change(key, undefined, options);
  }

  /** Switches everybody's camera and microphone off until somebody resumes; no screen is shared meanwhile. */
  async hold(options: CallOptions = {}): Promise<void> {
    this.#session.assertJoined();
    await hold((key, value) => this.#session.metadata.change(key, value, options));
  }

  /** Goes on after `hold`, whoever called it. What was muted before is muted still. */
  async resume(options: CallOptions = {}): Promise<void> {
    this.#session.assertJoined();
    const { conference } = this.state.getSnapshot();
    await resume(conference, (key, value) => this.#session.metadata.change(key, value, options));
  }

  /** Replaces our own metadata as a whole. */
  async setParticipantMetadata(metadata: JsonObject, options: CallOptions = {}): Promise<void> {
    this.#session.assertJoined();
    await this.#session.metadata.describeSelf(metadata, options);
  }

  /**
   * Leaves: closes every connection, stops what was captured, tells the server. Calling it again is fine. Never
   * rejects: a server that cannot be told finds out by itself.
   */
  leave(options: LeaveOptions = {}): Promise<void> {
    return this.#session.leave(options);
  }

  /** Ends the conference for everybody. When the server refuses, we are still in it. */
  async end(options: LeaveOptions = {}): Promise<void> {
    return this.#session.end(options);
  }

  /** Leaves, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }
}
