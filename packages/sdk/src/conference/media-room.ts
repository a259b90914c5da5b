import { NotFoundError, type ParleyError, type RtcApi } from '@parley-rtc/client';
import { type ConferenceState, findStream } from '@parley-rtc/contract';
import { NotJoinedError } from '../errors/conference-errors.ts';
import { selectOnHold } from '../conventions/hold.ts';
import { muteKey } from '../conventions/track-mute.ts';
import { OnHoldError, StreamNotFoundError } from '../errors/media-errors.ts';
import { iceConfiguration, type IceConfigurationOptions } from '../media/ice-configuration.ts';
import type { MediaEncryption } from '../media/media-encryption.ts';
import type { MediaConnection } from '../media/media-connection.ts';
import type { Publication, PublishVerbs } from '../media/open-publication.ts';
import { publishMedia } from '../media/publish-media.ts';
import type { PublishOptions } from '../media/publish-options.ts';
import type { PublishedStream, TrackKind } from '../media/published-stream.ts';
import type { Upkeep } from '../media/upkeep.ts';
import { viewMedia } from '../media/view-media.ts';
import type { ViewedStream, ViewOptions } from '../media/viewed-stream.ts';
import type { Playback } from '../viewing/playback.ts';
import { VideoCap } from '../viewing/video-cap.ts';
import type { ConductOptions, ViewConduct, ViewTiming } from '../viewing/view-conduct.ts';
import type { ViewingRoom } from '../viewing/viewing-room.ts';
import { loadViewingRoom } from './load-viewing-room.ts';
import { mediaCalls } from './media-calls.ts';
import type { OwnIds } from './metadata-calls.ts';

export interface MediaRoomOptions {
  readonly api: RtcApi;
  readonly own: OwnIds;
  readonly ice: IceConfigurationOptions;
  readonly encryption?: MediaEncryption | undefined;
  readonly conference: () => ConferenceState;
  readonly setMuted: (streamId: string, kind: TrackKind, muted: boolean) => Promise<void>;
  /** Whether the server counts us as present. */
  readonly isInside: () => boolean;
  readonly onRestored: PublishVerbs['onRestored'];
  readonly onPlayback: (playback: Playback) => void;
  readonly onViewTimed: (timing: ViewTiming) => void;
  readonly onDecryption: (streamId: string, isDecrypted: boolean) => void;
  readonly onProblem: (error: ParleyError) => void;
}

/** Something open, or just opening: a stream of ours or a view. */
interface OpenMedia {
  /** Unknown for a stream of ours that is not published yet. */
  streamId: () => string | undefined;
  direction: MediaConnection['direction'];
  peer?: RTCPeerConnection;
  close: (reason: ParleyError) => void;
  /** Once it is open. */
  upkeep?: Upkeep;
  /** Once it is open, if it is a stream of ours. */
  publication?: Publication;
}

interface OpeningVerbs {
  readonly signal: AbortSignal;
  /** Aborts when it has closed. */
  readonly closed: AbortSignal;
  readonly onPeer: (peer: RTCPeerConnection) => void;
  readonly onClosed: () => void;
}

/** Every stream that we publish and every view that we have, as long as they are open. */
export class MediaRoom {
  readonly #options: MediaRoomOptions;
  readonly #calls: ReturnType<typeof mediaCalls>;
  readonly #iceConfiguration: () => Promise<RTCConfiguration>;
  readonly #open = new Set<OpenMedia>();
  readonly #cap = new VideoCap();
  readonly #loadViewing: () => Promise<ViewingRoom>;
  #isClosed = false;

  constructor(options: MediaRoomOptions) {
    const { api, own } = options;
    this.#options = options;
    this.#iceConfiguration = iceConfiguration(options.ice);
    this.#calls = mediaCalls(api, own, options.onProblem);
    this.#loadViewing = loadViewingRoom({ ...options, cap: this.#cap });
  }

  async publish(options: PublishOptions): Promise<PublishedStream> {
    const { setMuted, isInside, onRestored, onProblem, encryption } = this.#options;
    if ('screen' in options && this.#isOnHold) throw new OnHoldError();
    encryption?.assertPublishable(options);
    return this.#opening(
      'publish',
      undefined,
      ({ signal, closed, onPeer, onClosed }) =>
        publishMedia(options, {
          ...this.#calls,
          unpublish: (streamId) => this.#unlessClosed(() => this.#calls.unpublish(streamId)),
          iceConfiguration: this.#iceConfiguration,
          signal,
          protect: (transceiver) => encryption?.protect(transceiver, { closed, onProblem }),
          setMuted,
          isInside,
          onRestored,
          onProblem,
          onPeer,
          onClosed,
        }),
      (publication) => {
        publication.setHeld(this.#isOnHold);
        return {
          streamId: () => publication.stream.id,
          close: () => void publication.stream.unpublish(),
          upkeep: publication,
          publication,
        };
      },
      ({ stream }) => stream,
    );
  }

  async view(streamId: string, options: ViewOptions): Promise<ViewedStream> {
    const stream = findStream(this.#options.conference(), streamId)?.stream;
    if (!stream) throw new StreamNotFoundError(streamId);
    const { conference, isInside, onProblem, encryption } = this.#options;
    const onDecryption = (isDecrypted: boolean) => this.#options.onDecryption(streamId, isDecrypted);
    return this.#opening(
      'view',
      streamId,
      ({ signal, closed, onPeer, onClosed }) =>
        viewMedia(stream, options, {
          view: this.#calls.view,
          open: (receiver) => encryption?.open(receiver, { streamId, closed, onDecryption, onProblem }),
          updateView: (viewerId, video) => this.#calls.updateView(streamId, viewerId, video),
          conduct: this.#conduct({
            ...options,
            streamId,
            type: stream.type,
            isVideoMuted: () => muteKey(streamId, 'video') in conference().metadata,
            onProblem,
          }),
          sendCandidates: (viewerId, candidates) =>
            this.#calls.sendViewCandidates(streamId, viewerId, candidates),
          stopView: (viewerId) => this.#unlessClosed(() => this.#calls.stopView(streamId, viewerId)),
          iceConfiguration: this.#iceConfiguration,
          signal,
          isInside,
          onProblem,
          onPeer,
          onClosed,
        }),
      (upkeep) => ({ streamId: () => streamId, close: () => void upkeep.view.stop(), upkeep }),
      ({ view }) => view,
    );
  }

  /**
   * Closes the views of what `after` no longer has: the server withdrew it, or its publisher did. A stream of ours that
   * we have not withdrawn is published again. What goes on is held when the conference is.
   */
  follow(before: ConferenceState, after: ConferenceState): void {
    if (before.metadata !== after.metadata) {
      for (const { publication } of this.#open) publication?.setHeld(selectOnHold({ conference: after }));
    }
    for (const { streamId, close, publication } of this.#open) {
      const id = streamId();
      if (id === undefined || !findStream(before, id) || findStream(after, id)) continue;
      if (publication) publication.renew('reopen');
      else close(new StreamNotFoundError(id));
    }
  }

  /** The connections of everything that is open. */
  connections(): readonly MediaConnection[] {
    return [...this.#open].flatMap(({ streamId: idOf, direction, peer }) => {
      const streamId = idOf();
      return streamId !== undefined && peer ? [{ streamId, direction, peer }] : [];
    });
  }

  /** Looks after every connection at once: the network or the page is back. */
  check(): void {
    for (const { upkeep } of this.#open) upkeep?.check();
  }

  /** Sets everything up again after the server had let us go, and with us all that was ours. */
  renewAll(): void {
    const conference = this.#options.conference();
    for (const { streamId, close, upkeep, publication } of this.#open) {
      const id = streamId();
      const isKnown = id !== undefined && findStream(conference, id) !== undefined;
      if (publication) publication.renew(isKnown ? 'restart' : 'reopen');
      else if (isKnown) upkeep?.renew('reopen');
      else if (id !== undefined) close(new StreamNotFoundError(id));
    }
  }

  /** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`). */
  setMaxVideos(maxVideos: number): void {
    this.#cap.setMaxVideos(maxVideos);
  }

  /** What concerns all views at once. Rejects when that part of the SDK cannot be fetched. */
  viewing(): Promise<ViewingRoom> {
    return this.#loadViewing();
  }

  /** Sends of a stream of ours only the layers that anybody views. */
  setActiveLayers(streamId: string, rids: readonly string[]): void {
    for (const { publication } of this.#open) {
      if (publication?.stream.id === streamId) publication.setActiveLayers(rids);
    }
  }

  /** Closes everything without a word to the server, which does the same when it lets us go. */
  close(): void {
    this.#isClosed = true;
    for (const { close } of this.#open) close(new NotJoinedError());
  }

  get #isOnHold(): boolean {
    return selectOnHold({ conference: this.#options.conference() });
  }

  async #conduct(options: ConductOptions): Promise<ViewConduct> {
    const room = await this.#loadViewing();
    return room.conduct(options);
  }

  #unlessClosed(call: () => Promise<unknown>): Promise<unknown> {
    return this.#isClosed ? Promise.resolve() : call();
  }

  /** Keeps hold of what opens from its first moment on, so that it can be closed at any time. */
  async #opening<Opened, Handle>(
    direction: MediaConnection['direction'],
    streamId: string | undefined,
    start: (verbs: OpeningVerbs) => Promise<Opened>,
    keep: (opened: Opened) => Omit<OpenMedia, 'direction' | 'peer'>,
    handle: (opened: Opened) => Handle,
  ): Promise<Handle> {
    const closing = new AbortController();
    const entry: OpenMedia = {
      streamId: () => streamId,
      direction,
      close: (reason) => closing.abort(reason),
    };
    const closed = new AbortController();
    const forget = () => {
      this.#open.delete(entry);
      closed.abort();
    };
    this.#open.add(entry);
    try {
      const opened = await start({
        signal: closing.signal,
        closed: closed.signal,
        onPeer: (peer) => void (entry.peer = peer),
        onClosed: forget,
      });
      const { close } = Object.assign(entry, keep(opened));
      // It may have been told to close in the very moment in which it was ready.
      if (closing.signal.aborted) close(closing.signal.reason as ParleyError);
      closing.signal.throwIfAborted();
      return handle(opened);
    } catch (error) {
      forget();
      throw streamId !== undefined && error instanceof NotFoundError
        ? new StreamNotFoundError(streamId, { cause: error })
        : error;
    }
  }
}
