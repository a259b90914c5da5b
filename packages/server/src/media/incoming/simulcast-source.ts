import type { AcceptedMedia } from '../accepted-media.ts';
import { orderLayers } from './order-layers.ts';
import type { SourceStream } from './source-stream.ts';

/** A layer that is silent this long while others arrive was dropped by the publisher's encoder. */
const deadAfterMs = 1_000;

/**
 * One published audio or video with its simulcast layers, each a stream of its own; one layer without simulcast. A
 * publisher may list its layers in any order, so their size decides which is the smallest.
 */
export class SimulcastSource {
  readonly media: AcceptedMedia;
  /** What its publisher would send if it were not capped for its viewers' sake, in bits per second; undefined if it is not. */
  uncappedBps: number | undefined;
  /** In the publisher's order. */
  readonly #offered: (SourceStream | undefined)[];
  #order: readonly number[];
  #layers: readonly (SourceStream | undefined)[];

  constructor(media: AcceptedMedia) {
    this.media = media;
    const count = Math.max(1, media.rids?.length ?? media.layerSsrcs?.length ?? 0);
    this.#offered = Array.from({ length: count });
    this.#order = [...this.#offered.keys()];
    this.#layers = [...this.#offered];
  }

  /** The layers, smallest first; undefined for one that never arrived. */
  get layers(): readonly (SourceStream | undefined)[] {
    return this.#layers;
  }

  /** The stream of the layer that the publisher lists at this index. */
  offeredAt(index: number): SourceStream | undefined {
    return this.#offered[index];
  }

  /** Height of each layer in pixels as far as it is known, in the publisher's order. */
  get offeredHeightsPx(): readonly (number | undefined)[] {
    return this.#offered.map((layer) => layer?.heightPx);
  }

  /** The index in {@link layers} of the layer that the publisher lists at this one. */
  rankOf(index: number): number {
    return this.#order.indexOf(index);
  }

  /** Replaces the stream of the layer that the publisher lists at this index, when its sender restarts. */
  setLayer(index: number, source: SourceStream): void {
    this.#offered[index] = source;
    this.#sort();
  }

  /** Forgets all streams, as if none had arrived. */
  forget(): void {
    this.#offered.fill(undefined);
    this.#sort();
  }

  /** Sorts the layers by what has arrived of them. Call it every 20 ms or so. */
  sort(nowMs: number): void {
    if (this.#offered.length < 2) return;
    const sizes = this.#offered.map((layer) => ({
      heightPx: layer?.heightPx,
      bitrateBps: layer?.rate.bitsPerSecond(nowMs) ?? 0,
    }));
    this.#order = orderLayers(this.#order, sizes);
    this.#sort();
  }

  /** Whether packets of the layer are arriving. If no layer arrives, as with a still screen, none counts as dead. */
  isLive(index: number): boolean {
    const layer = this.#layers[index];
    if (!layer) return false;
    const newestMs = Math.max(
      ...this.#layers.map((other) => other?.lastPacketMs ?? Number.NEGATIVE_INFINITY),
    );
    return newestMs - layer.lastPacketMs <= deadAfterMs;
  }

  /**
   * Height of the layer in pixels, from its key frames or, by the usual ratios (a layer is half as high as the next),
   * from a layer whose height is known; undefined if none is.
   */
  heightPx(index: number): number | undefined {
    const own = this.#layers[index]?.heightPx;
    if (own !== undefined) return own;
    const known = this.#layers.findIndex((layer) => layer?.heightPx !== undefined);
    const height = this.#layers[known]?.heightPx;
    return height === undefined ? undefined : Math.round(height * 2 ** (index - known));
  }

  #sort(): void {
    this.#layers = this.#order.map((index) => this.#offered[index]);
  }
}
