import { MediaError, type MediaLog } from '../media-router.ts';
import type { ChooseProcess } from './choose-process.ts';
import {
  isEdge,
  PooledStream,
  type Edge,
  type Placement,
  type ProcessCalls,
  type StreamSlot,
} from './pooled-stream.ts';

/** A relay without views ends after this long: views come and go. */
const idleRelayMs = 10_000;

/** What {@link StreamPlaces} needs. */
export interface StreamPlacesOptions {
  readonly slots: readonly StreamSlot[];
  readonly log: MediaLog;
  /** Decides which process gets another view. */
  readonly choose: ChooseProcess;
}

/** Knows which stream is in which processes, and decides where streams and views go. */
export class StreamPlaces {
  readonly #slots: readonly StreamSlot[];
  readonly #log: MediaLog;
  readonly #choose: ChooseProcess;
  readonly #streams = new Map<string, PooledStream>();
  readonly #byInnerKey = new Map<string, PooledStream>();
  #placementCount = 0;

  constructor({ slots, log, choose }: StreamPlacesOptions) {
    this.#slots = slots;
    this.#log = log;
    this.#choose = choose;
  }

  get streams(): readonly PooledStream[] {
    return [...this.#streams.values()];
  }

  find(streamKey: string): PooledStream | undefined {
    return this.#streams.get(streamKey);
  }

  /** The stream that has this name in one of the processes. */
  findInner(innerKey: string): PooledStream | undefined {
    return this.#byInnerKey.get(innerKey);
  }

  has(stream: PooledStream): boolean {
    return this.#streams.get(stream.streamKey) === stream;
  }

  /** Slots with a running process first, then those with the fewest peers. */
  slotsByLoad(): readonly StreamSlot[] {
    const peers = this.#peers();
    const loadOf = (slot: StreamSlot): number => (slot.isReady ? 0 : 1e6) + (peers.get(slot) ?? 0);
    return this.#slots.toSorted((a, b) => loadOf(a) - loadOf(b));
  }

  /** Adds a stream whose publisher goes to this process. */
  add(streamKey: string, slot: StreamSlot, link: ProcessCalls): PooledStream {
    const stream = new PooledStream(streamKey, this.#place(streamKey, slot, link));
    this.#streams.set(streamKey, stream);
    this.#byInnerKey.set(stream.origin.innerKey, stream);
    return stream;
  }

  /** Ends a stream in all of its processes. */
  remove(stream: PooledStream): void {
    for (const { link, innerKey } of stream.placements) {
      this.#byInnerKey.delete(innerKey);
      link.command('unpublish', innerKey);
    }
    for (const { idleTimer } of stream.edges) clearTimeout(idleTimer);
    if (this.has(stream)) this.#streams.delete(stream.streamKey);
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
      this.#log('warn', 'A stream could not be relayed to another media process', { err: error });
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
    const peers = this.#peers();
    const candidates = this.#slots
      .filter((slot) => slot === stream.origin.slot || (slot.link && slot.isReady))
      .map((slot) => ({
        slot,
        peers: peers.get(slot) ?? 0,
        hasStream: stream.placementIn(slot) !== undefined,
      }));
    const slot = this.#choose(candidates)?.slot ?? stream.origin.slot;
    const existing = stream.placementIn(slot);
    if (existing || !slot.link) return existing ?? stream.origin;
    return this.#addEdge(stream, slot, slot.link);
  }

  #addEdge(stream: PooledStream, slot: StreamSlot, link: ProcessCalls): Edge {
    const placement = this.#place(stream.streamKey, slot, link);
    const { innerKey: streamKey } = placement;
    const { slot: origin, innerKey } = stream.origin;
    const from = { relayPath: origin.relayPath, streamKey: innerKey };
    const isReady = link.request('relay', { streamKey, from });
    const edge: Edge = Object.assign(placement, { isReady, idleTimer: undefined });
    stream.edges.add(edge);
    this.#byInnerKey.set(streamKey, stream);
    this.#log('debug', 'A stream is relayed to another media process', {
      streamKey: stream.streamKey,
      mediaProcess: slot.index,
    });
    return edge;
  }

  #place(streamKey: string, slot: StreamSlot, link: ProcessCalls): Placement {
    this.#placementCount += 1;
    const innerKey = `${streamKey}#${this.#placementCount}`;
    return { slot, link, innerKey, viewerIds: new Set(), pendingViews: 0 };
  }

  #peers(): ReadonlyMap<StreamSlot, number> {
    const peers = new Map<StreamSlot, number>();
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
