import { chooseLayer } from './rtp/layer-choice.ts';
import type { LayerDecision } from './rtp/layer-choice.ts';
import { LayerNeeds } from './rtp/layer-needs.ts';
import type { SimulcastSource } from './rtp/simulcast-source.ts';
import type { SourceStream } from './rtp/source-stream.ts';
import type { ViewerLeg } from './rtp/viewer-leg.ts';

/** A fall forbids the next rise for this long, and twice as long each time a rise fails soon. */
const minHoldMs = 3_000;
const maxHoldMs = 60_000;
/** A rise that holds this long has succeeded. */
const provenAfterMs = 10_000;
/** Time in which leaving out frames shows in the rate, before more are left out or fewer. */
const temporalStepMs = 1_000;
const highestTemporalId = 3;

/** Decides again and again which layer of a video one viewer gets, and lets its leg follow. */
export class ViewLayers {
  readonly #leg: ViewerLeg;
  #maxHeightPx: number | undefined;
  #maxTemporalId = highestTemporalId;
  #temporalChangedMs = Number.NEGATIVE_INFINITY;
  #holdMs = minHoldMs;
  #mayRiseFromMs = Number.NEGATIVE_INFINITY;
  #roseAtMs = Number.NEGATIVE_INFINITY;
  #decision: LayerDecision | undefined;
  readonly #needs = new LayerNeeds();

  constructor(leg: ViewerLeg) {
    this.#leg = leg;
  }

  /** Height at which the viewer shows the video, in pixels; undefined for the best there is. */
  limitHeight(maxHeightPx: number | undefined): void {
    this.#maxHeightPx = maxHeightPx;
  }

  /** Layers that this view may need at once: what it is sent, and the next that it could rise or fall to. */
  wants(layer: number): boolean {
    if (!this.#decision) return true;
    const { wanted, layer: chosen } = this.#decision;
    const current = chosen ?? wanted;
    const highest = current > wanted ? current : Math.min(wanted, current + 1);
    return layer >= Math.min(current, wanted) - 1 && layer <= highest;
  }

  /** Chooses for what the link carries; undefined when nothing is known of it. */
  update(published: SimulcastSource, estimateBps: number | undefined, nowMs: number): void {
    const current = currentLayer(published, this.#leg.current) ?? currentLayer(published, this.#leg.target);
    const rates = published.layers.map((layer) => layer?.rate.bitsPerSecond(nowMs) ?? 0);
    this.#needs.follow(rates, nowMs);
    const decision = chooseLayer({
      layers: rates.map((bitrateBps, index) => ({
        bitrateBps: index === current ? bitrateBps : this.#needs.of(index),
        heightPx: published.heightPx(index),
        isLive: published.isLive(index),
      })),
      estimateBps,
      maxHeightPx: this.#maxHeightPx,
      current,
      mayRise: nowMs >= this.#mayRiseFromMs,
    });
    this.#decision = decision;
    this.#limitFrames(decision.isTooMuch, nowMs);
    const target = decision.layer === undefined ? undefined : published.layers[decision.layer];
    if (!target) return;
    this.#leg.switchTo(target, nowMs);
    if (current === undefined || target.layer === current) return;
    this.#note(current, decision, nowMs);
    // Until the smaller layer's key frame comes, the larger one would fill the link's queue, and sound would wait in it.
    if (isFallOfLink(current, decision) && published.isLive(current)) this.#leg.abandon();
  }

  /** A fall because of the link soon after a rise means that the rise was a mistake. */
  #note(current: number, decision: LayerDecision, nowMs: number): void {
    if ((decision.layer ?? 0) > current) {
      this.#roseAtMs = nowMs;
    } else if (isFallOfLink(current, decision)) {
      const failed = nowMs - this.#roseAtMs < provenAfterMs;
      this.#holdMs = failed ? Math.min(maxHoldMs, this.#holdMs * 2) : minHoldMs;
      this.#mayRiseFromMs = nowMs + this.#holdMs;
    }
  }

  /** Frame rate goes before nothing at all does: there is no smaller layer left. */
  #limitFrames(isTooMuch: boolean, nowMs: number): void {
    if (nowMs - this.#temporalChangedMs < temporalStepMs) return;
    const next = isTooMuch
      ? Math.max(0, Math.min(this.#maxTemporalId, 2) - 1)
      : Math.min(highestTemporalId, this.#maxTemporalId + 1);
    if (next === this.#maxTemporalId) return;
    this.#maxTemporalId = next;
    this.#temporalChangedMs = nowMs;
    this.#leg.limitTemporalId(next);
  }
}

/** Undefined for a stream that has since begun anew. */
function currentLayer(published: SimulcastSource, stream: SourceStream | undefined): number | undefined {
  return stream && published.layers[stream.layer] === stream ? stream.layer : undefined;
}

function isFallOfLink(current: number, { layer = 0, wanted }: LayerDecision): boolean {
  return layer < current && current <= wanted;
}
