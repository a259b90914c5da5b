import { NotFoundError, type ParleyError, type RtcApi } from '@parley-rtc/client';
import { type ConferenceState, findStream } from '@parley-rtc/contract';
import { NotJoinedError } from '../errors/conference-errors.ts';
import { StreamNotFoundError } from '../errors/media-errors.ts';
import type { MediaConnection } from '../media/media-connection.ts';
import { publishMedia } from '../media/publish-media.ts';
import type { PublishOptions } from '../media/publish-options.ts';
import type { PublishedStream, TrackKind } from '../media/published-stream.ts';
import { viewMedia } from '../media/view-media.ts';
import type { ViewedStream, ViewOptions } from '../media/viewed-stream.ts';
import { mediaCalls } from './media-calls.ts';
import type { OwnIds } from './metadata-calls.ts';

export interface MediaRoomOptions {
  readonly api: RtcApi;
  readonly own: OwnIds;
  readonly iceServers: readonly RTCIceServer[];
  readonly conference: () => ConferenceState;
  readonly setMuted: (streamId: string, kind: TrackKind, muted: boolean) => Promise<void>;
  readonly onProblem: (error: ParleyError) => void;
}

/** Something open, or just opening: a stream of ours or a view. */
interface OpenMedia {
  /** Unknown for a stream of ours that is not published yet. */
  streamId: string | undefined;
  direction: MediaConnection['direction'];
  peer?: RTCPeerConnection;
  close: (reason: ParleyError) => void;
}

interface OpeningVerbs {
  readonly signal: AbortSignal;
  readonly onPeer: (peer: RTCPeerConnection) => void;
  readonly onClosed: () => void;
}

/** Every stream that we publish and every view that we have, as long as they are open. */
export class MediaRoom {
  readonly #options: MediaRoomOptions;
  readonly #calls: ReturnType<typeof mediaCalls>;
  readonly #open = new Set<OpenMedia>();
  #isClosed = false;

  constructor(options: MediaRoomOptions) {
    const { api, own } = options;
    this.#options = options;
    this.#calls = mediaCalls(api, own, options.onProblem);
  }

  async publish(options: PublishOptions): Promise<PublishedStream> {
    const { iceServers, setMuted, onProblem } = this.#options;
    return this.#opening(
      'publish',
      undefined,
      ({ signal, onPeer, onClosed }) =>
        publishMedia(options, {
          ...this.#calls,
          unpublish: (streamId) => this.#unlessClosed(() => this.#calls.unpublish(streamId)),
          iceServers,
          signal,
          setMuted,
          onProblem,
          onPeer,
          onClosed,
        }),
      (stream) => ({ streamId: stream.id, close: () => void stream.unpublish() }),
    );
  }

  async view(streamId: string, options: ViewOptions): Promise<ViewedStream> {
    const stream = findStream(this.#options.conference(), streamId)?.stream;
    if (!stream) throw new StreamNotFoundError(streamId);
    const { iceServers, onProblem } = this.#options;
    return this.#opening(
      'view',
      streamId,
      ({ signal, onPeer, onClosed }) =>
        viewMedia(stream, options, {
          view: this.#calls.view,
          sendCandidates: (viewerId, candidates) =>
            this.#calls.sendViewCandidates(streamId, viewerId, candidates),
          stopView: (viewerId) => this.#unlessClosed(() => this.#calls.stopView(streamId, viewerId)),
          iceServers,
          signal,
          onProblem,
          onPeer,
          onClosed,
        }),
      (view) => ({ streamId, close: () => void view.stop() }),
    );
  }

  /** The connections of everything that is open. */
  connections(): readonly MediaConnection[] {
    return [...this.#open].flatMap(({ streamId, direction, peer }) =>
      streamId !== undefined && peer ? [{ streamId, direction, peer }] : [],
    );
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

  #unlessClosed(call: () => Promise<void>): Promise<void> {
    return this.#isClosed ? Promise.resolve() : call();
  }

  /** Keeps hold of what opens from its first moment on, so that it can be closed at any time. */
  async #opening<Opened>(
    direction: MediaConnection['direction'],
    streamId: string | undefined,
    start: (verbs: OpeningVerbs) => Promise<Opened>,
    handle: (opened: Opened) => Pick<OpenMedia, 'streamId' | 'close'>,
  ): Promise<Opened> {
    const closing = new AbortController();
    const entry: OpenMedia = { streamId, direction, close: (reason) => closing.abort(reason) };
    const forget = () => void this.#open.delete(entry);
    this.#open.add(entry);
    try {
      const opened = await start({
        signal: closing.signal,
        onPeer: (peer) => void (entry.peer = peer),
        onClosed: forget,
      });
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
