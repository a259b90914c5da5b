import type { GroupStep } from './packet-groups.ts';

export type LinkUse = 'overuse' | 'normal' | 'underuse';

/** Number of steps that the line is fitted to. */
const windowSize = 20;
/** Weight of the previous value in the smoothed delay. */
const smoothing = 0.9;
const gain = 4;
/** The trend's weight grows with the number of steps up to this. */
const maxWeight = 60;
const initialThreshold = 12.5;
const minThreshold = 6;
const maxThreshold = 600;
/** How fast the threshold follows a trend that is below it, or above it. */
const followDown = 0.039;
const followUp = 0.0087;
/** A trend this far above the threshold is a queue; the threshold does not adapt to it. */
const maxFollowed = 15;
/** A queue that grows for less time is a burst. */
const overuseMs = 10;

/**
 * Detects from the trend of the delay whether a queue grows on the path (the trendline estimator of Google congestion
 * control, draft-ietf-rmcat-gcc-02, with libwebrtc's numbers): fits a line to the smoothed delay of the latest steps,
 * and compares its slope with a threshold that adapts to what is normal on this link.
 */
export class DelayTrend {
  readonly #times = new Float64Array(windowSize);
  readonly #delays = new Float64Array(windowSize);
  #count = 0;
  #firstMs: number | undefined;
  #accumulatedMs = 0;
  #smoothedMs = 0;
  #threshold = initialThreshold;
  #thresholdMs: number | undefined;
  #formerTrend = 0;
  #growingMs = 0;
  #growingSteps = 0;
  #use: LinkUse = 'normal';

  get use(): LinkUse {
    return this.#use;
  }

  /** Adds the step from one group of packets to the next. */
  add({ sentMs, arrivedMs, atMs }: GroupStep): void {
    this.#firstMs ??= atMs;
    this.#accumulatedMs += arrivedMs - sentMs;
    this.#smoothedMs = smoothing * this.#smoothedMs + (1 - smoothing) * this.#accumulatedMs;
    const slot = this.#count % windowSize;
    this.#times[slot] = atMs - this.#firstMs;
    this.#delays[slot] = this.#smoothedMs;
    this.#count += 1;
    if (this.#count < windowSize) return;
    this.#judge(Math.min(this.#count, maxWeight) * slope(this.#times, this.#delays) * gain, sentMs, atMs);
  }

  #judge(trend: number, stepMs: number, atMs: number): void {
    if (trend > this.#threshold) {
      this.#growingMs += this.#growingSteps === 0 ? stepMs / 2 : stepMs;
      this.#growingSteps += 1;
      if (this.#growingMs > overuseMs && this.#growingSteps > 1 && trend >= this.#formerTrend) {
        this.#use = 'overuse';
      }
    } else {
      this.#growingMs = 0;
      this.#growingSteps = 0;
      this.#use = trend < -this.#threshold ? 'underuse' : 'normal';
    }
    this.#formerTrend = trend;
    this.#follow(Math.abs(trend), atMs);
  }

  #follow(trend: number, atMs: number): void {
    const elapsedMs = Math.min(100, Math.max(0, atMs - (this.#thresholdMs ?? atMs)));
    this.#thresholdMs = atMs;
    if (trend > this.#threshold + maxFollowed) return;
    const rate = trend < this.#threshold ? followDown : followUp;
    const next = this.#threshold + rate * (trend - this.#threshold) * elapsedMs;
    this.#threshold = Math.min(maxThreshold, Math.max(minThreshold, next));
  }
}

/** Slope of the least-squares line; 0 when all times are equal. */
function slope(times: Float64Array, values: Float64Array): number {
  let meanTime = 0;
  let meanValue = 0;
  for (let index = 0; index < times.length; index += 1) {
    meanTime += (times[index] ?? 0) / times.length;
    meanValue += (values[index] ?? 0) / times.length;
  }
  let above = 0;
  let below = 0;
  for (let index = 0; index < times.length; index += 1) {
    const time = (times[index] ?? 0) - meanTime;
    above += time * ((values[index] ?? 0) - meanValue);
    below += time * time;
  }
  return below === 0 ? 0 : above / below;
}
