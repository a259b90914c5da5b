import { chooseLayer, roomToRise } from './rtp/layer-choice.ts';
import type { LayerDecision } from './rtp/layer-choice.ts';
import { LayerNeeds } from './rtp/layer-needs.ts';
import type { SimulcastSource } from './rtp/simulcast-source.ts';
import type { SourceStream } from './rtp/source-stream.ts';
import { shareOfFrames, thinFrames } from './rtp/thin-frames.ts';
import type { ViewerLeg } from './rtp/viewer-leg.ts';
import type { LinkLimit } from './viewer-link.ts';

/** A fall forbids the next rise for this long; much longer when a rise fails soon, and twice as long each time that it does. */
const minHoldMs = 3_000;
const minHoldAfterFailureMs = 15_000;
const maxHoldMs = 30_000;
/** A rise that holds this long has succeeded. */
const provenAfterMs = 10_000;
/** A picture that is this much too large is stopped at once; one that is less so, when it still is after some time. */
const farTooMuch = 3;
const tooMuchForMs = 1_500;
/** A try shows a little more than a rise needs, which may grow meanwhile. */
const roomToTry = roomToRise * 1.05;
/** A link that carries so much more than at the last fall is another, which has forbidden nothing. */
const clearlyMore = 1.5;
const everyFrame = 3;

/** Decides again and again which layer of a video one viewer gets and how many of its frames, and lets its leg follow. */
export class ViewLayers {
  readonly #leg: ViewerLeg;
  readonly #needs = new LayerNeeds();
  #maxHeightPx: number | undefined;
  #decision: LayerDecision | undefined;
  #holdMs = minHoldMs;
  #mayRiseFromMs = Number.NEGATIVE_INFINITY;
  /** What the link carried at the last fall, beside the sound. */
  #fellToBps = 0;
  #roseAtMs = Number.NEGATIVE_INFINITY;
  #temporalId = everyFrame;
  #tooMuchSinceMs: number | undefined;
  #nextNeedBps: number | undefined;

  constructor(leg: ViewerLeg) {
    this.#leg = leg;
  }

  /** Height at which the viewer shows the video, in pixels; undefined for the best there is. */
  limitHeight(maxHeightPx: number | undefined): void {
    this.#maxHeightPx = maxHeightPx;
  }

  /** Whether nothing is sent, because the link has no room beside the sound. */
  get isStopped(): boolean {
    return this.#temporalId < 0;
  }

  /** What the next better picture would take, in bits per second; undefined when there is none, or it is too soon. */
  get nextNeedBps(): number | undefined {
    return this.#nextNeedBps;
  }

  /** Layers that this view may need at once: what it is sent, and the next that it could rise or fall to. */
  wants(layer: number): boolean {
    if (!this.#decision) return true;
    const { wanted, layer: chosen } = this.#decision;
    const current = chosen ?? wanted;
    const highest = current > wanted ? current : Math.min(wanted, current + 1);
    return layer >= Math.min(current, wanted) - 1 && layer <= highest;
  }

  /** Chooses for what the link carries beside the sound. Says whether what was on its way to the viewer is of no use now. */
  update(published: SimulcastSource, limit: LinkLimit, nowMs: number): boolean {
    const target = layerOf(published, this.#leg.target);
    const current = layerOf(published, this.#leg.current) ?? target;
    const rates = published.layers.map((layer) => layer?.rate.bitsPerSecond(nowMs) ?? 0);
    this.#needs.follow(rates, nowMs);
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
    if (layer === undefined || !chosen) return false;
    const isChange = current !== undefined && layer !== current;
    if (isChange) this.#note(current, decision, limit, nowMs);
    this.#leg.switchTo(chosen, nowMs);
    const needBps = layer === current ? (rates[layer] ?? 0) : this.#needs.of(layer);
    const hasStopped = this.#limitFrames(needBps, limit, nowMs);
    this.#nextNeedBps = this.#findNextNeed(published, layer, needBps, nowMs);
    // Until the smaller layer's key frame comes, the larger one would fill the link's queue, and sound would wait in it.
    const isAbandoned =
      hasStopped || (isChange && isFallOfLink(current, decision) && published.isLive(current));
    if (isAbandoned) this.#leg.abandon();
    return isAbandoned;
  }

  #mayRise({ bitrateBps = 0, isSeen }: LinkLimit, nowMs: number): boolean {
    return nowMs >= this.#mayRiseFromMs || (isSeen && bitrateBps >= this.#fellToBps * clearlyMore);
  }

  /** A fall because of the link soon after a rise means that the rise was a mistake. */
  #note(current: number, decision: LayerDecision, { bitrateBps = 0 }: LinkLimit, nowMs: number): void {
    if ((decision.layer ?? 0) > current) {
      this.#roseAtMs = nowMs;
    } else if (isFallOfLink(current, decision)) {
      const failed = nowMs - this.#roseAtMs < provenAfterMs;
      const longerMs = Math.min(maxHoldMs, Math.max(minHoldAfterFailureMs, this.#holdMs * 2));
      this.#holdMs = failed ? longerMs : minHoldMs;
      this.#mayRiseFromMs = nowMs + this.#holdMs;
      this.#fellToBps = bitrateBps;
    }
  }

  /** Frame rate goes before the sound does, and the picture goes before the sound does. Says whether it has gone now. */
  #limitFrames(needBps: number, limit: LinkLimit, nowMs: number): boolean {
    const { highestTemporalId } = this.#leg;
    const { isStopped } = this;
    const current = Math.min(this.#temporalId, highestTemporalId);
    const question = { needBps, estimateBps: limit.bitrateBps, highestTemporalId, current };
    const carried = thinFrames(question);
    const temporalId = carried < 0 && !this.#mustStop(question, limit, nowMs) ? 0 : carried;
    if (carried >= 0) this.#tooMuchSinceMs = undefined;
    this.#temporalId = temporalId === highestTemporalId ? everyFrame : temporalId;
    if (this.isStopped) return !isStopped;
    this.#leg.limitTemporalId(this.#temporalId);
    if (isStopped) this.#leg.target?.keyFrames.want(nowMs);
    return false;
  }

  #mustStop(
    question: { readonly needBps: number; readonly highestTemporalId: number },
    { bitrateBps = 0, isFull }: LinkLimit,
    nowMs: number,
  ): boolean {
    if (this.isStopped) return true;
    if (!isFull) return false;
    this.#tooMuchSinceMs ??= nowMs;
    const leastBps = question.needBps * shareOfFrames(0, question.highestTemporalId);
    return leastBps > bitrateBps * farTooMuch || nowMs - this.#tooMuchSinceMs >= tooMuchForMs;
  }

  #findNextNeed(
    published: SimulcastSource,
    layer: number,
    needBps: number,
    nowMs: number,
  ): number | undefined {
    if (this.#temporalId < everyFrame) {
      return needBps * shareOfFrames(this.#temporalId + 1, this.#leg.highestTemporalId) * roomToTry;
    }
    const next = layer + 1;
    const isWanted = next <= (this.#decision?.wanted ?? 0) && published.isLive(next);
    if (!isWanted) return undefined;
    const needNextBps = this.#needs.of(next) * roomToTry;
    return nowMs >= this.#mayRiseFromMs ? needNextBps : Math.max(needNextBps, this.#fellToBps * clearlyMore);
  }
}

/** Undefined for a stream that has since begun anew. */
function layerOf(published: SimulcastSource, stream: SourceStream | undefined): number | undefined {
  return stream && published.layers[stream.layer] === stream ? stream.layer : undefined;
}

function isFallOfLink(current: number, { layer = 0, wanted }: LayerDecision): boolean {
  return layer < current && current <= wanted;
}
