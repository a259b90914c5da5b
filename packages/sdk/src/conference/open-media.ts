import {
  AbortedError,
  ForbiddenError,
  NotFoundError,
  type CallApi,
  type Log,
  type Logs,
  type ParleyError,
} from '@parley-rtc/client';
import {
  findStream,
  type ConferenceState,
  type ConferenceStreamMovingEvent,
  type Permissions,
  type StreamType,
} from '@parley-rtc/contract';
import { iceConfiguration, type IceConfigurationOptions } from '../connection/ice-configuration.ts';
import type { MediaConnection } from '../connection/media-connection.ts';
import type { LinkContext } from '../connection/stream-link.ts';
import { selectOnHold } from '../conventions/hold.ts';
import { moderatorEntry, muteKey } from '../conventions/track-mute.ts';
import { NotJoinedError } from '../errors/conference-errors.ts';
import { OnHoldError, StreamNotFoundError } from '../errors/media-errors.ts';
import { loadPart } from '../load-part.ts';
import type { MediaEncryption } from '../publishing/media-encryption.ts';
import type { PublicationContext } from '../publishing/publication.ts';
import type { PublishCalls } from '../publishing/publish-calls.ts';
import { publishMedia } from '../publishing/publish-media.ts';
import { publishedType, type PublishOptions } from '../publishing/publish-options.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import type { Playback } from '../state/playback.ts';
import { VideoCap } from '../viewing/video-cap.ts';
import type { ViewTiming } from '../viewing/view-controller.ts';
import type { ViewRegistry } from '../viewing/view-registry.ts';
import { View } from '../viewing/view.ts';
import type { ViewedStream, ViewOptions } from '../viewing/viewed-stream.ts';
import { mediaCalls, type MediaCalls, type MediaCallsOptions } from './media-calls.ts';
import type { OwnIds } from './metadata-calls.ts';
import { isPermitted, notPermitted, streamIdOf, type OpenEntry } from './open-entry.ts';

export interface OpenMediaOptions {
  readonly api: CallApi;
  readonly logs: Logs;
  readonly own: OwnIds;
  readonly ice: IceConfigurationOptions;
  readonly encryption?: MediaEncryption | undefined;
  readonly conference: () => ConferenceState;
  /** What we may do, as last known; undefined on a server without permissions. */
  readonly permissions: () => Permissions | undefined;
  readonly setMuted: PublishCalls['setMuted'];
  readonly onMutedBy: PublicationContext['onMutedBy'];
  /** Whether the server counts us as present. */
  readonly isInside: () => boolean;
  readonly presence: MediaCallsOptions['presence'];
  readonly onRestored: PublicationContext['onRestored'];
  /** Nothing that publishes or views this stream is open any more. */
  readonly onClosed: (streamId: string) => void;
  /** The streams of ours that are open, after each change. */
  readonly onOwnStreams: (streams: readonly PublishedStream[]) => void;
  readonly onPlayback: (playback: Playback) => void;
  readonly onViewTimed: (timing: ViewTiming) => void;
  readonly onDecryption: (streamId: string, isDecrypted: boolean) => void;
  readonly onProblem: (error: ParleyError) => void;
}

/** All open streams and views of ours. */
export class OpenMedia {
  readonly #options: OpenMediaOptions;
  readonly #log: Log;
  readonly #calls: MediaCalls;
  readonly #iceConfiguration: () => Promise<RTCConfiguration>;
  readonly #entries = new Set<OpenEntry>();
  readonly #cap = new VideoCap();
  #loadingRegistry: Promise<ViewRegistry> | undefined;
  #isClosed = false;

  constructor(options: OpenMediaOptions) {
    this.#options = options;
    this.#log = options.logs('media');
    this.#iceConfiguration = iceConfiguration(options.ice);
    this.#calls = mediaCalls({ ...options, isClosed: () => this.#isClosed });
  }

  async publish(options: PublishOptions): Promise<PublishedStream> {
    const { conference, encryption, onRestored, onProblem } = this.#options;
    const conferenceId = conference().id;
    if ('screen' in options && this.#isOnHold) throw new OnHoldError();
    encryption?.assertPublishable(options);
    return this.#keep(undefined, publishedType(options), async (entry) => {
      const closed = entry.closed.signal;
      const publication = await publishMedia(options, {
        ...this.#linkContext(entry),
        calls: this.#calls.publishing,
        isHeld: () => this.#isOnHold,
        onCreated: (created) => {
          entry.created = created;
          // Only now known of a preview, or without a missing device.
          entry.type = created.stream.type;
          this.#assertPermitted(entry);
        },
        mutedBy: (streamId, kind) => moderatorEntry(conference(), streamId, kind),
        onMutedBy: this.#options.onMutedBy,
        encrypt: (transceiver) =>
          encryption?.protect(transceiver, { conferenceId, closed, onProblem, log: this.#log }),
        onRestored,
      });
      entry.publication = publication;
      entry.renewal = publication.renewal;
      this.#tellOwnStreams();
      return publication.stream;
    });
  }

  async view(streamId: string, options: ViewOptions): Promise<ViewedStream> {
    const { conference, encryption, onDecryption, onProblem } = this.#options;
    const source = findStream(conference(), streamId)?.stream;
    if (!source) throw new StreamNotFoundError(streamId);
    return this.#keep(streamId, source.type, async (entry) => {
      const closed = entry.closed.signal;
      const decryption = {
        conferenceId: conference().id,
        streamId,
        closed,
        onDecryption: (isDecrypted: boolean) => onDecryption(streamId, isDecrypted),
        onProblem,
        log: this.#log,
      };
      const view = new View(source, options, {
        ...this.#linkContext(entry),
        calls: this.#calls.viewing(streamId),
        decrypt: (receiver) => encryption?.open(receiver, decryption),
        createController: async () => {
          const registry = await this.viewing();
          const isVideoMuted = () => muteKey(streamId, 'video') in conference().metadata;
          return registry.createController({
            ...options,
            streamId,
            type: source.type,
            isVideoMuted,
            onProblem,
          });
        },
      });
      const viewed = await view.open();
      entry.viewed = viewed;
      entry.renewal = view.renewal;
      return viewed;
    });
  }

  /**
   * Closes what we may no longer publish or view, and views whose stream is gone in `after`. Republishes streams of ours that
   * are gone although we did not unpublish them. Holds our streams while the conference is on hold, and mutes what a moderator
   * muted.
   */
  follow(before: ConferenceState, after: ConferenceState): void {
    if (before.metadata !== after.metadata) {
      const isHeld = selectOnHold({ conference: after });
      if (isHeld !== selectOnHold({ conference: before })) this.#log('info', isHeld ? 'on hold' : 'resumed');
      for (const { created } of this.#entries) {
        created?.setHeld(isHeld);
        if (created && findStream(after, created.stream.id)) created.followMutes();
      }
    }
    for (const entry of this.#entries) {
      const { publication } = entry;
      if (!this.#isPermitted(entry)) {
        this.#forbid(entry);
        continue;
      }
      const streamId = streamIdOf(entry);
      if (streamId === undefined || !findStream(before, streamId) || findStream(after, streamId)) continue;
      if (publication) publication.renewal.renew('reopen');
      else entry.closing.abort(new StreamNotFoundError(streamId));
    }
  }

  /** The connections of everything that is open. */
  connections(): readonly MediaConnection[] {
    return [...this.#entries].flatMap((entry) => {
      const { viewedId, peer } = entry;
      const streamId = streamIdOf(entry);
      if (streamId === undefined || !peer) return [];
      return [{ streamId, direction: viewedId === undefined ? 'publish' : 'view', peer }];
    });
  }

  /** Whether we publish or view this stream. */
  isOpen(streamId: string): boolean {
    return [...this.#entries].some((entry) => streamIdOf(entry) === streamId);
  }

  /** Checks every connection immediately: the network or the page is back. */
  check(): void {
    for (const { publication, renewal } of this.#entries) (publication ?? renewal)?.check();
  }

  /** Sets up everything again after rejoining, because the server dropped our streams and views together with us. */
  renewAll(): void {
    const conference = this.#options.conference();
    for (const entry of this.#entries) {
      const { publication, renewal } = entry;
      const streamId = streamIdOf(entry);
      const isKnown = streamId !== undefined && findStream(conference, streamId) !== undefined;
      if (publication) publication.renewal.renew(isKnown ? 'restart' : 'reopen');
      else if (isKnown) renewal?.renew('reopen');
      else if (streamId !== undefined) entry.closing.abort(new StreamNotFoundError(streamId));
    }
  }

  /** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`). */
  setMaxVideos(maxVideos: number): void {
    this.#cap.setMaxVideos(maxVideos);
  }

  /** Loads the registry of all views. Rejects when that part of the SDK cannot be loaded; the next call retries. */
  viewing(): Promise<ViewRegistry> {
    return (this.#loadingRegistry ??= this.#loadRegistry());
  }

  /** Sends only those simulcast layers of a stream of ours that have viewers. */
  setActiveLayers(streamId: string, rids: readonly string[]): void {
    for (const { publication } of this.#entries) {
      if (publication?.stream.id === streamId) publication.setActiveLayers(rids);
    }
  }

  /** Sets up a new connection for a stream, as its publisher or its viewer, because what carries it is about to stop, or is gone. */
  move({ streamId, asked, viewerIds }: ConferenceStreamMovingEvent): void {
    for (const entry of this.#entries) {
      if (streamIdOf(entry) !== streamId) continue;
      const { publication, renewal, viewed } = entry;
      if (asked === 'PUBLISHER') publication?.renewal.renew('move');
      else if (viewed && viewerIds?.includes(viewed.viewerId) !== false) renewal?.renew('move');
    }
  }

  /** Removes what the conference's metadata says about our tracks, because we are about to leave. Never rejects. */
  async forgetMuted(): Promise<void> {
    const publications = [...this.#entries].flatMap(({ publication }) => publication ?? []);
    await Promise.all(publications.map((publication) => publication.forgetMuted()));
  }

  /** Closes everything without notifying the server, which closes our media itself when it drops us. */
  close(): void {
    this.#isClosed = true;
    for (const entry of this.#entries) entry.closing.abort(new NotJoinedError());
  }

  #isPermitted(entry: OpenEntry): boolean {
    return isPermitted(entry, this.#options.permissions());
  }

  #assertPermitted(entry: OpenEntry): void {
    if (!this.#isPermitted(entry)) throw notPermitted(entry);
  }

  /** Closes what a moderator forbids. The server has closed its side; nothing opens again when the right comes back. */
  #forbid(entry: OpenEntry): void {
    const error = notPermitted(entry);
    // While it opens, its promise rejects.
    if (entry.renewal) this.#options.onProblem(error);
    void entry.publication?.forgetMuted();
    entry.closing.abort(error);
  }

  get #isOnHold(): boolean {
    return selectOnHold({ conference: this.#options.conference() });
  }

  async #loadRegistry(): Promise<ViewRegistry> {
    try {
      const { ViewRegistry } = await loadPart('viewing', () => import('../viewing/view-registry.ts'));
      return new ViewRegistry({ ...this.#options, cap: this.#cap });
    } catch (error) {
      this.#loadingRegistry = undefined;
      throw error;
    }
  }

  #linkContext(entry: OpenEntry): Omit<LinkContext, 'calls'> {
    const { isInside, logs, onProblem } = this.#options;
    return {
      logs,
      iceConfiguration: this.#iceConfiguration,
      signal: entry.closing.signal,
      isInside,
      onProblem,
      onPeer: (peer) => void (entry.peer = peer),
      onClosed: () => this.#forget(entry),
    };
  }

  #forget(entry: OpenEntry): void {
    if (!this.#entries.has(entry)) return;
    if (entry.renewal) this.#logOf(entry)('info', 'closed');
    this.#entries.delete(entry);
    entry.closed.abort();
    const streamId = streamIdOf(entry);
    if (streamId !== undefined && !this.isOpen(streamId)) this.#options.onClosed(streamId);
    if (entry.publication) this.#tellOwnStreams();
  }

  #tellOwnStreams(): void {
    this.#options.onOwnStreams([...this.#entries].flatMap(({ publication }) => publication?.stream ?? []));
  }

  /** The log of one stream or view, which names its stream in every line. */
  #logOf(entry: OpenEntry): Log {
    const part = entry.viewedId === undefined ? 'publish' : 'view';
    return this.#options.logs(part, () => ({ streamId: streamIdOf(entry) }));
  }

  /** Tracks an entry from before `open` starts until it has closed, so that it can be closed at any time. */
  async #keep<Opened>(
    viewedId: string | undefined,
    type: StreamType,
    open: (entry: OpenEntry) => Promise<Opened>,
  ): Promise<Opened> {
    const entry: OpenEntry = {
      viewedId,
      type,
      closing: new AbortController(),
      closed: new AbortController(),
    };
    this.#assertPermitted(entry);
    const log = this.#logOf(entry);
    const startedMs = performance.now();
    this.#entries.add(entry);
    log('info', 'opening');
    try {
      const opened = await open(entry);
      // A close request may arrive just as opening completes.
      entry.closing.signal.throwIfAborted();
      log('info', 'open', { tookMs: performance.now() - startedMs });
      return opened;
    } catch (error) {
      log(error instanceof AbortedError ? 'info' : 'error', 'not opened', {}, error);
      // Whatever failed, even after the connection was there: closes the link, and withdraws what the server may know.
      entry.closing.abort(error);
      this.#forget(entry);
      if (viewedId !== undefined && error instanceof NotFoundError) {
        throw new StreamNotFoundError(viewedId, { cause: error });
      }
      // The event that takes the right from us may still be on its way.
      throw error instanceof ForbiddenError && this.#options.permissions()
        ? notPermitted(entry, error)
        : error;
    }
  }
}
