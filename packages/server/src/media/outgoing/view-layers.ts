import { roomToRise, type LinkDemand } from '../bandwidth/share-link.ts';
import type { SimulcastSource } from '../incoming/simulcast-source.ts';
import type { SourceStream } from '../incoming/source-stream.ts';
import { chooseLayer, largestUsefulLayer, type LayerDecision } from './layer-choice.ts';
import { LayerNeeds } from './layer-needs.ts';
import { shareOfFrames, thinFrames } from './thin-frames.ts';
import type { ViewerLeg } from './viewer-leg.ts';
import type { LinkLimit } from './viewer-link.ts';

/** A fall forbids rises for this long; much longer when a rise fails soon, doubling each time that happens. */
const minHoldMs = 3_000;
const minHoldAfterFailureMs = 15_000;
const maxHoldMs = 30_000;
/** A rise that lasts this long has succeeded. */
const provenAfterMs = 10_000;
/**
 * A video that is this much too large is stopped immediately; one that is less so, only if it still is after some
 * time.
 */
const farTooLarge = 3;
const tooLargeForMs = 1_500;
/** A probe must prove slightly more than a rise needs, because the need may grow in the meantime. */
const roomToTry = roomToRise * 1.05;
/** A link that carries this much more than at the last fall has changed, so that fall forbids nothing. */
const clearlyMore = 1.5;
const everyFrame = 3;

/** Repeatedly chooses the layer and frame rate that one viewer receives of a video, and makes its leg follow. */
export class ViewLayers {
  readonly #leg: ViewerLeg;
  readonly #needs = new LayerNeeds();
  /** The latest that was known. */
  #limit: LinkLimit = { bitrateBps: undefined, isFull: false, isSeen: false };
  #maxHeightPx: number | undefined;
  #decision: LayerDecision | undefined;
  #holdMs = minHoldMs;
  #mayRiseFromMs = Number.NEGATIVE_INFINITY;
  /** The link's capacity at the last fall, besides audio. */
  #fellToBps = 0;
  #roseAtMs = Number.NEGATIVE_INFINITY;
  #temporalId = everyFrame;
  #tooLargeSinceMs: number | undefined;
  #nextNeedBps: number | undefined;

  constructor(leg: ViewerLeg) {
    this.#leg = leg;
  }

  /** Height at which the viewer shows the video, in pixels; undefined for the best available. */
  limitHeight(maxHeightPx: number | undefined): void {
    this.#maxHeightPx = maxHeightPx;
  }

  /** Whether nothing is sent, because the link has no room besides audio. */
  get isStopped(): boolean {
    return this.#temporalId < 0;
  }

  /** The bitrate that the next better layer or frame rate needs; undefined if there is none, or it is too soon. */
  get nextNeedBps(): number | undefined {
    return this.#nextNeedBps;
  }

  /** Whether this view may need a layer immediately: the one it receives, and the next one to rise or fall to. */
  needs(layer: number): boolean {
    if (!this.#decision) return true;
    const { largestUseful, layer: chosen } = this.#decision;
    const current = chosen ?? largestUseful;
    const highest = current > largestUseful ? current : Math.min(largestUseful, current + 1);
    return layer >= Math.min(current, largestUseful) - 1 && layer <= highest;
  }

  /** What the view would use of its link, besides audio. */
  demand(published: SimulcastSource, nowMs: number): Omit<LinkDemand, 'audioBps'> {
    const target = layerOf(published, this.#leg.target);
    const current = layerOf(published, this.#leg.current) ?? target;
    const rates = this.#measure(published, nowMs);
    const heights = rates.map((_, layer) => ({ heightPx: published.heightPx(layer) }));
    const useful = largestUsefulLayer(heights, this.#maxHeightPx);
    const highest = this.#mayRise(this.#limit, nowMs)
      ? useful
      : Math.min(useful, Math.max(current ?? 0, target ?? 0));
    const live = rates.flatMap((_, layer) => (published.isLive(layer) ? [layer] : []));
    const allowed = live.filter((layer) => layer <= highest);
    const layers = allowed.length > 0 ? allowed : live.slice(0, 1);
    const layersBps = layers.map((layer) =>
      layer === current ? (rates[layer] ?? 0) : this.#needs.of(layer),
    );
    // A capped publisher would send more, as if it had a larger layer.
    if (published.uncappedBps !== undefined) layersBps.push(published.uncappedBps);
    const leastBps = (layersBps[0] ?? 0) * shareOfFrames(0, this.#leg.highestTemporalId);
    return {
      layersBps,
      leastVideoBps: this.isStopped ? leastBps * roomToRise : leastBps,
      current:
        this.#leg.current === undefined
          ? undefined
          : layers.findLastIndex((layer) => layer <= (current ?? 0)),
    };
  }

  /** Chooses for the link's capacity besides audio. Returns whether packets queued for the viewer became useless. */
  update(published: SimulcastSource, limit: LinkLimit, nowMs: number): boolean {
    const target = layerOf(published, this.#leg.target);
    const current = layerOf(published, this.#leg.current) ?? target;
    const rates = this.#measure(published, nowMs);
    this.#limit = limit;
    const decision = chooseLayer({
      layers: rates.map((bitrateBps, index) => ({
        bitrateBps: index === current ? bitrateBps : this.#needs.of(index),
        heightPx: published.heightPx(index),
        isLive: published.isLive(index),
      })),
      estimateBps: limit.bitrateBps,
      maxHeightPx: this.#maxHeightPx,
      current,
      rising: target !== undefined && current !== undefined && target > current ? target : undefined,
      mayRise: this.#mayRise(limit, nowMs),
    });
    this.#decision = decision;
    const { layer } = decision;
    const chosen = layer === undefined ? undefined : published.layers[layer];
    if (layer === undefined || !chosen) {
      this.#nextNeedBps = undefined;
      return false;
    }
    const isChange = current !== undefined && layer !== current;
    if (isChange) this.#recordChange(current, decision, limit, nowMs);
    this.#leg.switchTo(chosen, nowMs);
    const needBps = layer === current ? (rates[layer] ?? 0) : this.#needs.of(layer);
    const hasStopped = this.#limitFrames(needBps, limit, nowMs);
    this.#nextNeedBps = this.#findNextNeed(published, layer, needBps, limit, nowMs);
    // Until the smaller layer's key frame arrives, the larger one would fill the link's queue and delay audio.
    const isAbandoned =
      hasStopped || (isChange && isFallOfLink(current, decision) && published.isLive(current));
    if (isAbandoned) this.#leg.abandon();
    return isAbandoned;
  }

  /** The bitrate of each layer. */
  #measure(published: SimulcastSource, nowMs: number): readonly number[] {
    const rates = published.layers.map((layer) => layer?.rate.bitsPerSecond(nowMs) ?? 0);
    this.#needs.follow(rates, nowMs);
    return rates;
  }

  #mayRise(limit: LinkLimit, nowMs: number): boolean {
    const hasGrown = limit.isSeen && capacityOf(limit) >= this.#fellToBps * clearlyMore;
    return nowMs >= this.#mayRiseFromMs || hasGrown;
  }

  /** A fall caused by the link soon after a rise means that the rise was a mistake. */
  #recordChange(current: number, decision: LayerDecision, limit: LinkLimit, nowMs: number): void {
    if ((decision.layer ?? 0) > current) {
      this.#roseAtMs = nowMs;
    } else if (isFallOfLink(current, decision)) {
      const failed = nowMs - this.#roseAtMs < provenAfterMs;
      const longerMs = Math.min(maxHoldMs, Math.max(minHoldAfterFailureMs, this.#holdMs * 2));
      this.#holdMs = failed ? longerMs : minHoldMs;
      this.#mayRiseFromMs = nowMs + this.#holdMs;
      this.#fellToBps = capacityOf(limit);
    }
  }

  /** Drops frame rate first, then video, to protect audio. Returns whether video just stopped. */
  #limitFrames(needBps: number, limit: LinkLimit, nowMs: number): boolean {
    const { highestTemporalId } = this.#leg;
    const { isStopped } = this;
    const current = Math.min(this.#temporalId, highestTemporalId);
    const question = { needBps, estimateBps: limit.bitrateBps, highestTemporalId, current };
    const carried = thinFrames(question);
    const temporalId = carried < 0 && !this.#mustStop(question, limit, nowMs) ? 0 : carried;
    if (carried >= 0) this.#tooLargeSinceMs = undefined;
    this.#temporalId = temporalId === highestTemporalId ? everyFrame : temporalId;
    if (this.isStopped) return !isStopped;
    this.#leg.limitTemporalId(this.#temporalId);
    if (isStopped) this.#leg.target?.keyFrames.request(nowMs);
    return false;
  }

  #mustStop(
    question: { readonly needBps: number; readonly highestTemporalId: number },
    { bitrateBps = 0, isFull }: LinkLimit,
    nowMs: number,
  ): boolean {
    if (this.isStopped) return true;
    if (!isFull) return false;
    this.#tooLargeSinceMs ??= nowMs;
    const minBps = question.needBps * shareOfFrames(0, question.highestTemporalId);
    return minBps > bitrateBps * farTooLarge || nowMs - this.#tooLargeSinceMs >= tooLargeForMs;
  }

  #findNextNeed(
    published: SimulcastSource,
    layer: number,
    needBps: number,
    limit: LinkLimit,
    nowMs: number,
  ): number | undefined {
    if (this.#temporalId < everyFrame) {
      return needBps * shareOfFrames(this.#temporalId + 1, this.#leg.highestTemporalId) * roomToTry;
    }
    if (published.uncappedBps !== undefined) {
      const moreBps = Math.max(needBps, limit.bitrateBps ?? 0) * clearlyMore;
      return Math.min(published.uncappedBps * roomToTry, moreBps);
    }
    const next = layer + 1;
    const isUseful = next <= (this.#decision?.largestUseful ?? 0) && published.isLive(next);
    if (!isUseful) return undefined;
    const needNextBps = this.#needs.of(next) * roomToTry;
    if (nowMs >= this.#mayRiseFromMs) return needNextBps;
    const missingBps = this.#fellToBps * clearlyMore - capacityOf(limit);
    return Math.max(needNextBps, (limit.bitrateBps ?? 0) + missingBps);
  }
}

/** Of the link with all views on it. */
function capacityOf({ capacityBps, bitrateBps = 0 }: LinkLimit): number {
  return capacityBps ?? bitrateBps;
}

/** Undefined for a stream that has restarted since. */
function layerOf(published: SimulcastSource, stream: SourceStream | undefined): number | undefined {
  const layer = stream ? published.layers.indexOf(stream) : -1;
  return layer < 0 ? undefined : layer;
}

function isFallOfLink(current: number, { layer = 0, largestUseful }: LayerDecision): boolean {
  return layer < current && current <= largestUseful;
}
