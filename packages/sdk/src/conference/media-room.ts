import { NotFoundError, type ParleyError, type RtcApi } from '@parley-rtc/client';
import { type ConferenceState, findStream } from '@parley-rtc/contract';
import { NotJoinedError } from '../errors/conference-errors.ts';
import { StreamNotFoundError } from '../errors/media-errors.ts';
import { publishMedia } from '../media/publish-media.ts';
import type { PublishOptions } from '../media/publish-options.ts';
import type { PublishedStream, TrackKind } from '../media/published-stream.ts';
import { viewMedia } from '../media/view-media.ts';
import type { ViewedStream, ViewOptions } from '../media/viewed-stream.ts';
import type { Playback } from '../viewing/playback.ts';
import { VideoCap } from '../viewing/video-cap.ts';
import type { ConductOptions, ViewConduct } from '../viewing/view-conduct.ts';
import type { ViewingRoom } from '../viewing/viewing-room.ts';
import { loadViewingRoom } from './load-viewing-room.ts';
import { mediaCalls } from './media-calls.ts';
import type { OwnIds } from './metadata-calls.ts';

export interface MediaRoomOptions {
  readonly api: RtcApi;
  readonly own: OwnIds;
  readonly iceServers: readonly RTCIceServer[];
  readonly conference: () => ConferenceState;
  readonly setMuted: (streamId: string, kind: TrackKind, muted: boolean) => Promise<void>;
  readonly onPlayback: (playback: Playback) => void;
  readonly onProblem: (error: ParleyError) => void;
}

/** Something open, or just opening: a stream of ours or a view. */
interface OpenMedia {
  /** Unknown for a stream of ours that is not published yet. */
  streamId: string | undefined;
  close: (reason: ParleyError) => void;
}

/** Every stream that we publish and every view that we have, as long as they are open. */
export class MediaRoom {
  readonly #options: MediaRoomOptions;
  readonly #calls: ReturnType<typeof mediaCalls>;
  readonly #open = new Set<OpenMedia>();
  readonly #cap = new VideoCap();
  readonly #loadViewing: () => Promise<ViewingRoom>;
  #isClosed = false;

  constructor(options: MediaRoomOptions) {
    const { api, own } = options;
    this.#options = options;
    this.#calls = mediaCalls(api, own, options.onProblem);
    this.#loadViewing = loadViewingRoom({ cap: this.#cap, onPlayback: options.onPlayback });
  }

  async publish(options: PublishOptions): Promise<PublishedStream> {
    const { iceServers, setMuted, onProblem } = this.#options;
    return this.#opening(
      undefined,
      (signal, onClosed) =>
        publishMedia(options, {
          ...this.#calls,
          unpublish: (streamId) => this.#unlessClosed(() => this.#calls.unpublish(streamId)),
          iceServers,
          signal,
          setMuted,
          onProblem,
          onClosed,
        }),
      (stream) => ({ streamId: stream.id, close: () => void stream.unpublish() }),
    );
  }

  async view(streamId: string, options: ViewOptions): Promise<ViewedStream> {
    const stream = findStream(this.#options.conference(), streamId)?.stream;
    if (!stream) throw new StreamNotFoundError(streamId);
    const { iceServers, conference, onProblem } = this.#options;
    return this.#opening(
      streamId,
      (signal, onClosed) =>
        viewMedia(stream, options, {
          view: this.#calls.view,
          updateView: (viewerId, video) => this.#calls.updateView(streamId, viewerId, video),
          conduct: this.#conduct({
            ...options,
            streamId,
            type: stream.type,
            isVideoMuted: () => `TRACK_MUTED/video/${streamId}` in conference().metadata,
            onProblem,
          }),
          sendCandidates: (viewerId, candidates) =>
            this.#calls.sendViewCandidates(streamId, viewerId, candidates),
          stopView: (viewerId) => this.#unlessClosed(() => this.#calls.stopView(streamId, viewerId)),
          iceServers,
          signal,
          onProblem,
          onClosed,
        }),
      (view) => ({ streamId, close: () => void view.stop() }),
    );
  }

  /** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`). */
  setMaxVideos(maxVideos: number): void {
    this.#cap.setMaxVideos(maxVideos);
  }

  /** What concerns all views at once. Rejects when that part of the SDK cannot be fetched. */
  viewing(): Promise<ViewingRoom> {
    return this.#loadViewing();
  }

  /** Closes what `after` no longer has: the server withdrew it, or its publisher did. */
  closeGone(before: ConferenceState, after: ConferenceState): void {
    for (const { streamId, close } of this.#open) {
      if (streamId === undefined || !findStream(before, streamId) || findStream(after, streamId)) continue;
      close(new StreamNotFoundError(streamId));
    }
  }

  /** Closes everything without a word to the server, which does the same when it lets us go. */
  close(): void {
    this.#isClosed = true;
    for (const { close } of this.#open) close(new NotJoinedError());
  }

  async #conduct(options: ConductOptions): Promise<ViewConduct> {
    const room = await this.#loadViewing();
    return room.conduct(options);
  }

  #unlessClosed(call: () => Promise<void>): Promise<void> {
    return this.#isClosed ? Promise.resolve() : call();
  }

  /** Keeps hold of what opens from its first moment on, so that it can be closed at any time. */
  async #opening<Opened>(
    streamId: string | undefined,
    start: (signal: AbortSignal, onClosed: () => void) => Promise<Opened>,
    handle: (opened: Opened) => OpenMedia,
  ): Promise<Opened> {
    const closing = new AbortController();
    const entry: OpenMedia = { streamId, close: (reason) => closing.abort(reason) };
    const forget = () => void this.#open.delete(entry);
    this.#open.add(entry);
    try {
      const opened = await start(closing.signal, forget);
      const { close } = Object.assign(entry, handle(opened));
      // It may have been told to close in the very moment in which it was ready.
      if (closing.signal.aborted) close(closing.signal.reason as ParleyError);
      closing.signal.throwIfAborted();
      return opened;
    } catch (error) {
      forget();
      throw streamId !== undefined && error instanceof NotFoundError
        ? new StreamNotFoundError(streamId, { cause: error })
        : error;
    }
  }
}
