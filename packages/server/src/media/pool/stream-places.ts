import { MediaError, type MediaLog } from '../media-router.ts';
import type { ChooseRouter } from './choose-router.ts';
import {
  isEdge,
  PooledStream,
  type Edge,
  type Placement,
  type RouterLink,
  type RouterSlot,
} from './pooled-stream.ts';

/** A relay without views ends after this long: views come and go. */
const idleRelayMs = 10_000;

/** What {@link StreamPlaces} needs. */
export interface StreamPlacesOptions {
  /** The routers that there are now. */
  readonly slots: () => readonly RouterSlot[];
  readonly log: MediaLog;
  /** Makes ids that are unique among all routers that share streams. */
  readonly newId: () => string;
  /** Decides which router gets another view. */
  readonly choose: ChooseRouter;
  /** Makes a router take a stream from the one that has its publisher, under this key. */
  readonly relay: (streamKey: string, to: Placement, from: Placement) => Promise<unknown>;
}

/** Knows which stream is at which routers, and decides where streams and views go. */
export class StreamPlaces {
  readonly #options: StreamPlacesOptions;
  readonly #streams = new Map<string, PooledStream>();
  readonly #byInnerKey = new Map<string, PooledStream>();

  constructor(options: StreamPlacesOptions) {
    this.#options = options;
  }

  get streams(): readonly PooledStream[] {
    return [...this.#streams.values()];
  }

  find(streamKey: string): PooledStream | undefined {
    return this.#streams.get(streamKey);
  }

  /** The stream that has this name at one of the routers. */
  findInner(innerKey: string): PooledStream | undefined {
    return this.#byInnerKey.get(innerKey);
  }

  has(stream: PooledStream): boolean {
    return this.#streams.get(stream.streamKey) === stream;
  }

  /** Where a publisher may go: slots whose router has started first, then those with the fewest peers. */
  slotsForPublishers(): readonly RouterSlot[] {
    const peers = this.#peers();
    const loadOf = (slot: RouterSlot): number =>
      (slot.isReady ? 0 : 1e6) + (peers.get(slot) ?? 0) + slot.otherPeers;
    const slots = this.#options.slots().filter(({ takesPublishers }) => takesPublishers);
    return slots.toSorted((one, other) => loadOf(one) - loadOf(other));
  }

  /** Adds a stream whose publisher goes to this router, or that this router gets by a relay. */
  add(streamKey: string, slot: RouterSlot, link: RouterLink, isRelayed = false): PooledStream {
    const stream = new PooledStream(streamKey, this.#place(streamKey, slot, link), isRelayed);
    this.#streams.set(streamKey, stream);
    this.#byInnerKey.set(stream.origin.innerKey, stream);
    return stream;
  }

  /** Ends a stream at all of its routers. */
  remove(stream: PooledStream): void {
    for (const { link, innerKey } of stream.placements) {
      this.#byInnerKey.delete(innerKey);
      link.command('unpublish', innerKey);
    }
    for (const { idleTimer } of stream.edges) clearTimeout(idleTimer);
    if (this.has(stream)) this.#streams.delete(stream.streamKey);
  }

  /** The peers that this pool has given to a router. */
  peersOf(slot: RouterSlot): number {
    return this.#peers().get(slot) ?? 0;
  }

  /**
   * Where the view is or shall be, with one more view pending there.
   * @throws MediaError `unknown_stream` when the stream is removed meanwhile
   */
  async placeView(stream: PooledStream, viewerId: string): Promise<Placement> {
    const placement = stream.placementOf(viewerId) ?? this.#chooseFor(stream);
    placement.pendingViews += 1;
    if (!isEdge(placement)) return placement;
    clearTimeout(placement.idleTimer);
    try {
      await placement.isReady;
      return placement;
    } catch (error) {
      placement.pendingViews -= 1;
      if (!this.has(stream)) throw unpublished();
      this.#options.log('warn', 'A stream could not be relayed to another router', { err: error });
      this.endEdge(stream, placement);
      stream.origin.pendingViews += 1;
      return stream.origin;
    }
  }

  /** Ends a relay that serves nobody, after a while. Call it when a view ended, or was not set up. */
  endWhenIdle(stream: PooledStream, placement: Placement): void {
    if (!isEdge(placement) || !stream.edges.has(placement)) return;
    clearTimeout(placement.idleTimer);
    placement.idleTimer = setTimeout(() => {
      if (placement.viewerIds.size === 0 && placement.pendingViews === 0) this.endEdge(stream, placement);
    }, idleRelayMs);
    placement.idleTimer.unref();
  }

  /** Ends a relay, and the views that use it. */
  endEdge(stream: PooledStream, edge: Edge): void {
    clearTimeout(edge.idleTimer);
    stream.edges.delete(edge);
    this.#byInnerKey.delete(edge.innerKey);
    edge.link.command('unpublish', edge.innerKey);
  }

  #chooseFor(stream: PooledStream): Placement {
    // A router does not relay what it gets by a relay.
    if (stream.isRelayed) return stream.origin;
    const peers = this.#peers();
    const candidates = this.#options
      .slots()
      .filter((slot) => slot === stream.origin.slot || (slot.link && slot.isReady))
      .map((slot) => ({
        slot,
        peers: (peers.get(slot) ?? 0) + slot.otherPeers,
        hasStream: stream.placementIn(slot) !== undefined,
      }));
    const slot = this.#options.choose(candidates)?.slot ?? stream.origin.slot;
    const existing = stream.placementIn(slot);
    if (existing || !slot.link) return existing ?? stream.origin;
    return this.#addEdge(stream, slot, slot.link);
  }

  #addEdge(stream: PooledStream, slot: RouterSlot, link: RouterLink): Edge {
    const placement = this.#place(stream.streamKey, slot, link);
    const { innerKey: streamKey } = placement;
    const isReady = this.#options.relay(streamKey, placement, stream.origin);
    const edge: Edge = Object.assign(placement, { isReady, idleTimer: undefined });
    stream.edges.add(edge);
    this.#byInnerKey.set(streamKey, stream);
    this.#options.log('debug', 'A stream is relayed', { streamKey: stream.streamKey, to: slot.name });
    return edge;
  }

  #place(streamKey: string, slot: RouterSlot, link: RouterLink): Placement {
    const innerKey = `${streamKey}#${this.#options.newId()}`;
    return { slot, link, innerKey, viewerIds: new Set(), pendingViews: 0 };
  }

  #peers(): ReadonlyMap<RouterSlot, number> {
    const peers = new Map<RouterSlot, number>();
    for (const { placements } of this.#streams.values()) {
      for (const { slot, viewerIds, pendingViews } of placements) {
        peers.set(slot, (peers.get(slot) ?? 0) + 1 + viewerIds.size + pendingViews);
      }
    }
    return peers;
  }
}

export function unpublished(): MediaError {
  return new MediaError('unknown_stream', 'The stream was unpublished during the call.');
}
