import type { AcceptedMedia } from '../accepted-media.ts';
import type { SourceStream } from './source-stream.ts';

/** A layer that is silent while others go on was given up by the publisher's encoder. */
const deadAfterMs = 1_000;

/** One published audio or video with its simulcast layers, each of which is a stream of its own; one layer without simulcast. */
export class SimulcastSource {
  readonly media: AcceptedMedia;
  readonly #layers: (SourceStream | undefined)[];

  constructor(media: AcceptedMedia) {
    this.media = media;
    this.#layers = Array.from({ length: Math.max(1, media.rids?.length ?? 0) });
  }

  /** The layers, the smallest first; undefined for one that never arrived. */
  get layers(): readonly (SourceStream | undefined)[] {
    return this.#layers;
  }

  /** The stream of a layer changes when its sender begins anew. */
  setLayer(index: number, source: SourceStream): void {
    this.#layers[index] = source;
  }

  /** Whether packets of the layer are arriving. A picture that stands still is no reason to call all layers dead. */
  isLive(index: number): boolean {
    const layer = this.#layers[index];
    if (!layer) return false;
    const newestMs = Math.max(
      ...this.#layers.map((other) => other?.lastPacketMs ?? Number.NEGATIVE_INFINITY),
    );
    return newestMs - layer.lastPacketMs <= deadAfterMs;
  }

  /**
   * Height of the layer in pixels, out of its key frames or by the usual ratios (a layer is half as high as the next) from
   * a layer whose height is known; undefined when none is.
   */
  heightPx(index: number): number | undefined {
    const own = this.#layers[index]?.heightPx;
    if (own !== undefined) return own;
    const known = this.#layers.findIndex((layer) => layer?.heightPx !== undefined);
    const height = this.#layers[known]?.heightPx;
    return height === undefined ? undefined : Math.round(height * 2 ** (index - known));
  }
}
