import { randomUUID } from 'node:crypto';
import type { IceCandidate, ViewedVideo } from '@parley-rtc/contract';
import { Listeners } from '../../listeners.ts';
import type { MediaKind } from '../codecs/codec.ts';
import {
  MediaError,
  type ChangedLayers,
  type LostPeer,
  type MediaLog,
  type MediaRouter,
  type PeerFacts,
  type PublishRequest,
  type RecorderReport,
  type RecordRequest,
  type ViewRequest,
} from '../media-router.ts';
import { logListenerError } from '../routing/log-listener-error.ts';
import { chooseRouter, type ChooseRouter } from './choose-router.ts';
import type { RouterNews } from './messages.ts';
import {
  isEdge,
  type Edge,
  type Placement,
  type PooledStream,
  type RouterLink,
  type RouterSlot,
} from './pooled-stream.ts';
import { StreamPlaces, unpublished } from './stream-places.ts';

/** What every pool has. */
export interface PooledRouterOptions {
  readonly log: MediaLog;
  /** Decides which router gets another view. Default: {@link chooseRouter}. */
  readonly choose?: ChooseRouter | undefined;
}

/**
 * Several routers as one. A stream's views are where its publisher is, until another router has clearly less to do: then that
 * one takes the stream over a relay, for further views.
 */
export abstract class PooledRouter implements MediaRouter {
  readonly #places: StreamPlaces;
  readonly #lost: Listeners<LostPeer>;
  readonly #layers: Listeners<ChangedLayers>;
  readonly #recorded: Listeners<RecorderReport>;
  /** The router of each recorder whose last report has not come. */
  readonly #recorders = new Map<string, RouterLink>();
  #isClosed = false;

  constructor({ log, choose = chooseRouter }: PooledRouterOptions) {
    const onError = logListenerError(log);
    this.#lost = new Listeners<LostPeer>(onError);
    this.#layers = new Listeners<ChangedLayers>(onError);
    this.#recorded = new Listeners<RecorderReport>(onError);
    this.#places = new StreamPlaces({
      slots: () => this.slots,
      relay: (...relay) => this.relay(...relay),
      log,
      newId: randomUUID,
      choose,
    });
  }

  /** The routers that there are now. */
  protected abstract get slots(): readonly RouterSlot[];

  /** Makes a router take a stream from the one that has its publisher, under this key; resolves when it can be viewed there. */
  protected abstract relay(streamKey: string, to: Placement, from: Placement): Promise<unknown>;

  async publish(request: PublishRequest): Promise<{ readonly sdpAnswer: string }> {
    const existing = this.#places.find(request.streamKey);
    if (existing) return await this.#publishIn(existing, request);
    if (this.#isClosed) throw new MediaError('overloaded', 'The media router is closed.');
    let problem = new MediaError('overloaded', 'No media router is running.');
    for (const slot of this.#places.slotsForPublishers()) {
      if (!slot.link) continue;
      const stream = this.#places.add(request.streamKey, slot, slot.link);
      try {
        return await this.#publishIn(stream, request);
      } catch (error) {
        // Unpublished during the request, or lost with its process: the caller decides whether to retry.
        if (!this.#places.has(stream)) throw error;
        this.#places.remove(stream);
        if (!(error instanceof MediaError) || error.code !== 'overloaded') throw error;
        problem = error;
      }
    }
    throw problem;
  }

  addPublishCandidates(streamKey: string, candidates: readonly IceCandidate[]): void {
    const { link, innerKey } = this.#stream(streamKey).origin;
    link.command('addPublishCandidates', innerKey, candidates);
  }

  unpublish(streamKey: string): void {
    const stream = this.#places.find(streamKey);
    if (stream) this.#places.remove(stream);
  }

  setVideoBitrate(streamKey: string, videoBitrateBps: number): void {
    const { link, innerKey } = this.#stream(streamKey).origin;
    link.command('setVideoBitrate', innerKey, videoBitrateBps);
  }

  setMuted(streamKey: string, kinds: readonly MediaKind[]): void {
    const stream = this.#places.find(streamKey);
    stream?.origin.link.command('setMuted', stream.origin.innerKey, kinds);
  }

  async view(request: ViewRequest): Promise<{ readonly sdpAnswer: string }> {
    const { viewerId } = request;
    const stream = this.#stream(request.streamKey);
    const placement = await this.#places.placeView(stream, viewerId);
    const { link, innerKey } = placement;
    try {
      const answer = await link.request('view', { ...request, streamKey: innerKey }, (_response, isLate) => {
        if (isLate) link.command('stopView', innerKey, viewerId);
        else placement.viewerIds.add(viewerId);
      });
      if (!this.#places.has(stream)) throw unpublished();
      return answer;
    } catch (error) {
      const isGone = error instanceof MediaError && error.code === 'unknown_stream';
      if (!isGone || placement === stream.origin || !this.#places.has(stream)) throw error;
      // Its relay ended meanwhile, but the stream did not.
      throw new MediaError('overloaded', 'The relay of the stream ended during the call.');
    } finally {
      placement.pendingViews -= 1;
      this.#places.endWhenIdle(stream, placement);
    }
  }

  addViewCandidates(streamKey: string, viewerId: string, candidates: readonly IceCandidate[]): void {
    const { link, innerKey } = this.#viewed(streamKey, viewerId);
    link.command('addViewCandidates', innerKey, viewerId, candidates);
  }

  setViewedVideo(streamKey: string, viewerId: string, video: ViewedVideo): void {
    const { link, innerKey } = this.#viewed(streamKey, viewerId);
    link.command('setViewedVideo', innerKey, viewerId, video);
  }

  stopView(streamKey: string, viewerId: string): void {
    const stream = this.#places.find(streamKey);
    if (!stream) return;
    const placement = stream.placementOf(viewerId) ?? stream.origin;
    placement.viewerIds.delete(viewerId);
    placement.link.command('stopView', placement.innerKey, viewerId);
    this.#places.endWhenIdle(stream, placement);
  }

  onPeerLost(listener: (lost: LostPeer) => void): () => void {
    return this.#lost.add(listener);
  }

  onLayersChanged(listener: (changed: ChangedLayers) => void): () => void {
    return this.#layers.add(listener);
  }

  record(request: RecordRequest): void {
    const { link, innerKey } = this.#stream(request.streamKey).origin;
    this.#recorders.set(request.recorderId, link);
    link.command('record', { ...request, streamKey: innerKey });
  }

  stopRecording(streamKey: string): void {
    const stream = this.#places.find(streamKey);
    stream?.origin.link.command('stopRecording', stream.origin.innerKey);
  }

  onRecorded(listener: (report: RecorderReport) => void): () => void {
    return this.#recorded.add(listener);
  }

  async facts(): Promise<readonly PeerFacts[]> {
    const answers = await Promise.allSettled(
      this.slots
        .filter((slot) => slot.takesPublishers || this.peersOf(slot) > 0)
        .flatMap(({ link }) => link?.request('facts', null) ?? []),
    );
    return answers
      .flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      .flatMap((facts) => {
        const streamKey = this.#places.findInner(facts.streamKey)?.streamKey;
        return streamKey === undefined ? [] : [{ ...facts, streamKey }];
      });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const stream of this.#places.streams) this.#places.remove(stream);
    this.#lost.clear();
    this.#layers.clear();
    this.#recorded.clear();
    return Promise.resolve();
  }

  async #publishIn(stream: PooledStream, request: PublishRequest): Promise<{ readonly sdpAnswer: string }> {
    const { link, innerKey } = stream.origin;
    const answer = await link.request('publish', { ...request, streamKey: innerKey }, () => {
      stream.isPublished = true;
    });
    if (!this.#places.has(stream)) throw unpublished();
    return answer;
  }

  /** Takes what one of the routers said. */
  protected take(news: RouterNews): void {
    switch (news.kind) {
      case 'lost':
        this.#losePeer(news.lost);
        return;
      case 'recorded':
        if (news.report.isEnded) this.#recorders.delete(news.report.recorderId);
        this.#recorded.call(news.report);
        return;
      case 'layers': {
        const streamKey = this.#places.findInner(news.changed.streamKey)?.streamKey;
        if (streamKey !== undefined) this.#layers.call({ ...news.changed, streamKey });
      }
    }
  }

  /** Reports the peers of a router that is gone; returns how many streams were published there. */
  protected lose(link: RouterLink): number {
    const { streams } = this.#places;
    const gone = streams.filter(({ origin }) => origin.link === link);
    for (const stream of gone) this.#places.remove(stream);
    for (const [recorderId, owner] of this.#recorders) {
      if (owner !== link) continue;
      this.#recorders.delete(recorderId);
      this.#recorded.call({ recorderId, files: [], isEnded: true, failure: 'process_ended' });
    }
    for (const stream of streams) {
      for (const edge of stream.edges) if (edge.link === link) this.#loseEdge(stream, edge);
    }
    for (const { streamKey, placements, isPublished } of gone) {
      for (const { viewerIds } of placements) {
        for (const viewerId of viewerIds) this.#lost.call({ streamKey, viewerId });
      }
      if (isPublished) this.#lost.call({ streamKey });
    }
    return gone.length;
  }

  /** Gives a stream from a router outside of this pool to one of its routers; `bring` does that, and resolves when it is there. */
  protected async addRelayed(
    streamKey: string,
    bring: (placement: Placement) => Promise<unknown>,
  ): Promise<void> {
    const [slot] = this.#places.slotsForPublishers();
    if (!slot?.link || this.#isClosed) throw new MediaError('overloaded', 'No media router is running.');
    this.unpublish(streamKey);
    const stream = this.#places.add(streamKey, slot, slot.link, true);
    try {
      await bring(stream.origin);
      if (!this.#places.has(stream)) throw unpublished();
      stream.isPublished = true;
    } catch (error) {
      this.#places.remove(stream);
      throw error;
    }
  }

  /** All peers that are connected to routers of this pool. */
  get peerCount(): number {
    return this.slots.reduce((count, slot) => count + this.peersOf(slot) + slot.otherPeers, 0);
  }

  /** The peers that this pool has given to a router. */
  protected peersOf(slot: RouterSlot): number {
    return this.#places.peersOf(slot);
  }

  /** Where a stream's publisher is. */
  protected originOf(streamKey: string): Placement {
    return this.#stream(streamKey).origin;
  }

  #losePeer(lost: LostPeer): void {
    const stream = this.#places.findInner(lost.streamKey);
    const placement = stream?.placements.find(({ innerKey }) => innerKey === lost.streamKey);
    if (!stream || !placement) return;
    const { viewerId } = lost;
    if (viewerId === undefined && isEdge(placement)) {
      this.#loseEdge(stream, placement);
      return;
    }
    if (viewerId !== undefined) placement.viewerIds.delete(viewerId);
    else if (stream.isRelayed) this.#places.remove(stream);
    this.#places.endWhenIdle(stream, placement);
    this.#lost.call({ ...lost, streamKey: stream.streamKey });
  }

  /** The relay ended: its viewers need other views. */
  #loseEdge(stream: PooledStream, edge: Edge): void {
    this.#places.endEdge(stream, edge);
    const { streamKey } = stream;
    for (const viewerId of edge.viewerIds) this.#lost.call({ streamKey, viewerId, isRouterGone: true });
  }

  #stream(streamKey: string): PooledStream {
    const stream = this.#places.find(streamKey);
    if (stream) return stream;
    throw new MediaError('unknown_stream', 'The server has no such stream.');
  }

  #viewed(streamKey: string, viewerId: string): Placement {
    const placement = this.#stream(streamKey).placementOf(viewerId);
    if (placement) return placement;
    throw new MediaError('unknown_view', `The stream has no view "${viewerId}".`);
  }
}
