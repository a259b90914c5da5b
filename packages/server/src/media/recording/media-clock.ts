import type { SourceClock } from '../incoming/source-stream.ts';
import type { WallClock } from './wall-clock.ts';

/** A correction per millisecond of media: quick enough for the first report, too slow to notice. */
const slewRatio = 0.02;
/** A larger error is no drift: the sender starts again with other timestamps. */
const jumpMs = 1_000;
/** Audio that is only silent still sends a packet more often than this. */
const longestIntervalMs = 500;
const stoodStillMs = 200;
/** No repaired packet arrives this late, so the timestamps are to blame. */
const farFromArrivalMs = 3_000;
const secondsFrom1900To1970 = 2_208_988_800;

/**
 * Translates the timestamps of one RTP stream to the router's clock. Before the first sender report the first packet's
 * arrival stands in; reports then correct it, and the drift between the clocks of audio and video with it.
 */
export class MediaClock {
  readonly #ticksPerMs: number;
  readonly #wall: WallClock;
  #timestamp: number | undefined;
  /** The time of the newest timestamp, and when it arrived. */
  #atMs = 0;
  #arrivedMs: number | undefined;
  #errorMs = 0;

  constructor(clockRate: number, wall: WallClock) {
    this.#ticksPerMs = clockRate / 1_000;
    this.#wall = wall;
  }

  /** The router's time of the frame with this timestamp; `arrivedMs` is when it arrived. */
  timeOf(timestamp: number, arrivedMs: number): number {
    const pauseMs = arrivedMs - (this.#arrivedMs ?? arrivedMs);
    this.#arrivedMs = arrivedMs;
    if (this.#timestamp === undefined) {
      this.#timestamp = timestamp;
      this.#atMs = arrivedMs;
      return arrivedMs;
    }
    let passedMs = ((timestamp - this.#timestamp) | 0) / this.#ticksPerMs;
    // Timestamps of some senders stand still while they are muted.
    if (pauseMs > longestIntervalMs && pauseMs - passedMs > stoodStillMs) passedMs = pauseMs;
    const allowedMs = Math.abs(passedMs) * slewRatio;
    const correctionMs = Math.max(-allowedMs, Math.min(allowedMs, this.#errorMs));
    this.#errorMs -= correctionMs;
    this.#timestamp = timestamp;
    this.#atMs += passedMs + correctionMs;
    if (Math.abs(arrivedMs - this.#atMs) > farFromArrivalMs) this.#atMs = arrivedMs;
    return this.#atMs;
  }

  /** Takes the newest sender report of the stream. Reports that arrive first set the clock. */
  report({ report, arrivedMs }: SourceClock): void {
    if (report.ntpSeconds === 0) return;
    const wallMs =
      (report.ntpSeconds - secondsFrom1900To1970) * 1_000 + (report.ntpFraction / 2 ** 32) * 1_000;
    this.#wall.report(wallMs, arrivedMs);
    const reportedMs = this.#wall.toRouterMs(wallMs);
    if (reportedMs === undefined) return;
    if (this.#timestamp === undefined) {
      this.#timestamp = report.rtpTimestamp;
      this.#atMs = reportedMs;
      return;
    }
    const expectedMs = this.#atMs + ((report.rtpTimestamp - this.#timestamp) | 0) / this.#ticksPerMs;
    const errorMs = reportedMs - expectedMs;
    if (Math.abs(errorMs) > jumpMs) {
      this.#atMs += errorMs;
      this.#errorMs = 0;
    } else {
      this.#errorMs = errorMs;
    }
  }
}
