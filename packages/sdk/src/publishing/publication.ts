import { withBoundary, withDeadline, type Log } from '@parley-rtc/client';
import type { JsonObject, MetadataEntry } from '@parley-rtc/contract';
import { isOfferRefused } from '../connection/is-offer-refused.ts';
import { createLinkRenewal, type LinkRenewal } from '../connection/link-renewal.ts';
import type { PeerLink } from '../connection/peer-link.ts';
import { StreamLink, type LinkContext, type Purpose } from '../connection/stream-link.ts';
import type { Captured } from '../devices/media-source.ts';
import { StreamNotFoundError } from '../errors/media-errors.ts';
import { TrackEndedError } from '../errors/track-ended-error.ts';
import { moderatorOf, type Moderator } from '../moderator.ts';
import { newId } from '../new-id.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { latestValue } from '../waiting/latest-value.ts';
import { pause } from '../waiting/pause.ts';
import { pollUntil } from '../waiting/poll-until.ts';
import { moveOverlapMs } from '../waiting/recovery-policy.ts';
import { assertBitrate } from './assert-bitrate.ts';
import { OutgoingMedia } from './outgoing-media.ts';
import type { PublishCalls } from './publish-calls.ts';
import type { PublishOptions } from './publish-options.ts';
import type { PublishedStream } from './published-stream.ts';

/** The parts of the conference that a publication needs. */
export interface PublicationContext extends LinkContext {
  readonly calls: PublishCalls;
  /** Whether the conference is on hold. */
  readonly isHeld: () => boolean;
  /** The publication exists, and starts to open. */
  readonly onCreated: (publication: Publication) => void;
  /** Encrypts what a new transceiver sends, if the conference is encrypted. */
  readonly encrypt: (transceiver: RTCRtpTransceiver) => void;
  /** The server had lost the stream, and has it again under a new id. */
  readonly onRestored: (formerId: string, stream: PublishedStream) => void;
  /** The entry with which a moderator mutes a kind of the stream with this id, as the state says now. */
  readonly mutedBy: (streamId: string, kind: TrackKind) => MetadataEntry | undefined;
  readonly onMutedBy: (stream: PublishedStream, kind: TrackKind, mutedBy: Moderator) => void;
}

/** One published stream, and its counterpart at the server. */
export class Publication {
  readonly stream: PublishedStream;
  readonly renewal: LinkRenewal;
  readonly #captured: Captured;
  readonly #options: PublishOptions;
  readonly #context: PublicationContext;
  readonly #outgoing: OutgoingMedia;
  readonly #link: StreamLink;
  readonly #log: Log;
  /** Chosen here, so that a publication can be withdrawn even if its answer is lost. */
  #id = newId();
  /** The id that the app knows. */
  #announcedId = this.#id;
  /** The metadata of the stream, which a server that lost the stream has lost, too. */
  #metadata: JsonObject | undefined;

  constructor(captured: Captured, options: PublishOptions, context: PublicationContext) {
    const { isInside } = context;
    // Only opening still awaits it.
    const onScreenEnded = () => void this.#link.close(new TrackEndedError('video'));
    const streamId = () => this.#id;
    const log = context.logs('publish', () => ({ streamId: streamId() }));
    this.#captured = captured;
    this.#options = options;
    this.#metadata = options.metadata;
    this.#context = context;
    this.#log = log;
    this.#link = new StreamLink({
      context: { ...context, calls: { ...context.calls, withdraw: (id) => this.#withdraw(id) } },
      log,
      direction: 'publish',
      id: streamId,
      signal: options.signal,
      offer: (purpose, signal) => this.#offer(purpose, signal),
      onForgotten: () => this.renewal.renew('reopen'),
      onClosed: () => this.#outgoing.stop(),
    });
    // Created after the link, which throws in a browser without connections: the app's tracks must not stay watched then.
    this.#outgoing = new OutgoingMedia({
      ...context,
      captured,
      options,
      streamId,
      onScreenEnded,
      // A connection that ends soon would go on with what was sent before.
      onTrackReplaced: () => this.#link.retire(),
      onMutedBy: (kind, entry) => {
        log('info', 'muted by a moderator', { kind });
        context.onMutedBy(this.stream, kind, moderatorOf(entry));
      },
    });
    this.renewal = createLinkRenewal({
      link: this.#link,
      isInside,
      onRenewed: () => this.#onRenewed(),
      onFailed: (cause) => this.#link.fail(cause),
      log,
    });
    this.stream = this.#publishedStream();
  }

  /** Publishes the stream. After a failure its owner closes the link, so that nothing stays published; captured tracks keep running. */
  async open(): Promise<void> {
    const signals = [this.#context.signal, this.#options.signal, this.#link.closing];
    try {
      // No deadline: the user may have to allow a device again.
      await withDeadline({ operation: 'publishStream', signals }, ({ signal }) =>
        this.#outgoing.begin(signal),
      );
      await this.#link.establish(async (signal) => {
        await this.#offer('open', signal);
        await this.#outgoing.encode();
      });
    } catch (error) {
      void this.forgetMuted();
      throw error;
    }
    this.#announcedId = this.#id;
    this.#outgoing.watch();
    this.#outgoing.followMutes();
    this.#outgoing.announceMuted();
  }

  /** Mutes what a moderator mutes now, as the conference's state says. */
  followMutes(): void {
    this.#outgoing.followMutes();
  }

  /** Stops sending, or sends again. Independent of mute. */
  setHeld(isHeld: boolean): void {
    this.#outgoing.setHeld(isHeld);
  }

  /** Sends only the simulcast layers that are viewed. */
  setActiveLayers(rids: readonly string[]): void {
    this.#outgoing.setActiveLayers(rids);
  }

  /** The network or the page is back: checks the connection and the devices. */
  check(): void {
    this.renewal.check();
    this.#outgoing.check();
  }

  /** Removes the entries that say what is muted, because the stream is about to end. Never rejects. */
  async forgetMuted(): Promise<void> {
    await this.#outgoing.entries.forget(this.#id);
  }

  /** Offers the stream to the server and applies the answer. */
  async #offer(purpose: Purpose, signal: AbortSignal): Promise<void> {
    const { calls } = this.#context;
    const metadata = this.#metadata;
    const videoBitrate = this.#outgoing.videoBitrateBps;
    const isReopening = purpose === 'reopen';
    const isMoving = purpose === 'move';
    // Once published, an id is used up: other participants know that stream as withdrawn.
    const streamId = isReopening ? newId() : this.#id;
    // A browser names its simulcast layers only in the first packets of a connection (RFC 8852), so a server that has
    // lost them can learn them only over a new connection.
    if (isMoving) this.#link.succeed();
    else if (isReopening || this.#link.needsReconnect) this.#link.reconnect();
    this.#log('debug', 'publishing', { streamId, type: this.#captured.type, purpose });
    const { connection } = this.#link;
    if (connection.isNew) this.#outgoing.addTo(connection.peer);

    let isSent = false;
    try {
      const sdpOffer = await this.#prepareOffer(purpose, streamId);
      signal.throwIfAborted();
      this.#link.isKnownToServer = true;
      isSent = true;
      const answer = await calls.sendOffer(
        {
          streamId,
          conferenceStreamType: this.#captured.type,
          sdpOffer,
          videoBitrate,
          ...(metadata && { metadata }),
          ...((isMoving || purpose === 'restart') && { iceRestart: true }),
          ...(isMoving && { moves: true }),
        },
        signal,
      );
      this.#id = answer.streamId ?? streamId;
      // The server has the stream under another id, so what was announced ahead belongs to no stream.
      if (this.#id !== streamId) void this.#outgoing.entries.forget(streamId);
      signal.throwIfAborted();
      await connection.applyAnswer(answer.sdpAnswer && this.#outgoing.tune(answer.sdpAnswer));
      if (this.#link.hasFormer) void this.#retireLater(connection);
    } catch (error) {
      // The next attempt uses another id. The server may have accepted this one.
      if (isReopening && isSent && !isOfferRefused(error)) void this.#withdraw(streamId);
      else if (isReopening) void this.#outgoing.entries.forget(streamId);
      throw error;
    }
  }

  /** Creates the offer. A stream that is new to the server is announced as muted first, if it is. */
  async #prepareOffer(purpose: Purpose, streamId: string): Promise<string> {
    const { entries, mutedKinds } = this.#outgoing;
    const newlyMuted = purpose === 'open' || purpose === 'reopen' ? mutedKinds : [];
    const [sdpOffer] = await Promise.all([
      this.#link.connection.createOffer(),
      ...newlyMuted.map((kind) => entries.announceAhead(streamId, kind)),
    ]);
    return sdpOffer;
  }

  /** Viewers receive the stream over the former connection until they have moved, too. */
  async #retireLater(connection: PeerLink): Promise<void> {
    const { closing } = this.#link;
    await pollUntil(() => connection.state === 'connected', closing);
    await pause(moveOverlapMs, closing);
    if (this.#link.connection === connection) this.#link.retire();
  }

  async #withdraw(streamId: string): Promise<void> {
    await this.#context.calls.withdraw(streamId);
    void this.#outgoing.entries.forget(streamId);
  }

  #publishedStream(): PublishedStream {
    const link = this.#link;
    const outgoing = this.#outgoing;
    const { calls } = this.#context;
    const log = this.#log;
    const streamId = () => this.#id;
    const assertOpen = () => {
      if (link.isClosed) throw new StreamNotFoundError(streamId());
    };
    const setBitrate = latestValue<number>(async (bitrateBps) => {
      await calls.setBitrate(streamId(), bitrateBps);
      await outgoing.limitVideo(bitrateBps);
    });
    const setMetadata = latestValue<JsonObject>(async (metadata) => {
      await calls.setMetadata(streamId(), metadata);
      this.#metadata = metadata;
    });
    const unpublish = () => link.close();
    return withBoundary({
      get id() {
        return streamId();
      },
      type: this.#captured.type,
      mediaStream: this.#captured.mediaStream,
      missing: this.#captured.missing ?? {},
      get connectionState() {
        return link.state;
      },
      async mute(kind, { keepDevice = kind === 'audio' } = {}) {
        assertOpen();
        log('info', 'mute', { kind, keepDevice });
        await outgoing.mutingOf(kind).mute(keepDevice);
      },
      async unmute(kind) {
        assertOpen();
        log('info', 'unmute', { kind });
        await outgoing.mutingOf(kind).unmute();
      },
      isMuted: (kind) => outgoing.isMuted(kind),
      mutedBy: (kind) => {
        const entry = outgoing.mutedBy(kind);
        return entry && moderatorOf(entry);
      },
      deviceIdOf: (kind) => outgoing.deviceIdOf(kind),
      async switchTo({ camera, microphone }) {
        assertOpen();
        await Promise.all([
          camera && outgoing.slotOf('video').switchTo(camera),
          microphone && outgoing.slotOf('audio').switchTo(microphone),
        ]);
      },
      async setProcessor(kind, processor) {
        assertOpen();
        await outgoing.slotOf(kind).setProcessor(processor);
      },
      async setVideoBitrate(bitrateBps) {
        assertOpen();
        outgoing.slotOf('video');
        assertBitrate(bitrateBps);
        await setBitrate(bitrateBps);
      },
      async setMetadata(metadata) {
        assertOpen();
        await setMetadata(metadata);
      },
      unpublish,
      [Symbol.asyncDispose]: unpublish,
    });
  }

  #onRenewed(): void {
    const { onProblem, onRestored } = this.#context;
    this.#outgoing.encode().catch(onProblem);
    this.#outgoing.followMutes();
    // The server may have restarted, and a request may have failed while we were away.
    this.#outgoing.announceMuted();
    if (this.#id === this.#announcedId) return;
    const formerId = this.#announcedId;
    this.#announcedId = this.#id;
    void this.#outgoing.entries.forget(formerId);
    onRestored(formerId, this.stream);
  }
}
