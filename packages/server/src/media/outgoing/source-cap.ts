import { roomToRise, roomToStay } from '../bandwidth/share-link.ts';

/** A view of a stream, as far as its publisher's bitrate is concerned. */
export interface CappingView {
  /** Whether it is connected and wants video. */
  readonly isWatching: boolean;
  /** Bits per second that its link carries besides audio; undefined while no limit is known. */
  readonly videoBps: number | undefined;
}

/** A stream of a single size and all its views. */
export interface CapQuestion {
  /** What the publisher sends now, in bits per second. */
  readonly rateBps: number;
  /** What it sent before it was capped; undefined while it is not. */
  readonly uncappedBps: number | undefined;
  readonly views: readonly CappingView[];
}

/** The cap leaves room for what the estimate and the encoder fluctuate by. */
const shareOfRoom = 0.8;
/** Below this, encoders stop rather than send less. */
const leastBps = 100_000;
const updateMs = 500;
/** Smaller changes are not worth telling. */
const clearChange = 0.05;

/**
 * What the publisher of a single size may send so that at least one of its views can show it; undefined for as much as it likes.
 * A view that could show more is never made to see less, so one good link among all keeps the stream as it is.
 */
export function capFor({ rateBps, uncappedBps, views }: CapQuestion): number | undefined {
  const watching = views.filter(({ isWatching }) => isWatching);
  const roomsBps = watching.flatMap(({ videoBps }) => videoBps ?? []);
  if (watching.length === 0 || roomsBps.length < watching.length) return undefined;
  const mostBps = Math.max(...roomsBps);
  const fits =
    uncappedBps === undefined ? rateBps <= mostBps * roomToStay : uncappedBps * roomToRise <= mostBps;
  return fits ? undefined : Math.max(leastBps, Math.round(mostBps * shareOfRoom));
}

/** Follows a stream of a single size and its views, and says when its publisher must send less, or may send more again. */
export class SourceCap {
  #capBps: number | undefined;
  #uncappedBps: number | undefined;
  #updatedMs = Number.NEGATIVE_INFINITY;

  /** In bits per second; undefined for none. */
  get capBps(): number | undefined {
    return this.#capBps;
  }

  /** What the publisher would send without the cap, in bits per second; undefined without a cap. */
  get uncappedBps(): number | undefined {
    return this.#uncappedBps;
  }

  /** Call it often. `rateBps` is what the publisher sends. Returns whether the cap has changed. */
  update(rateBps: number, views: () => readonly CappingView[], nowMs: number): boolean {
    if (nowMs - this.#updatedMs < updateMs) return false;
    this.#updatedMs = nowMs;
    const capBps = capFor({ rateBps, uncappedBps: this.#uncappedBps, views: views() });
    const before = this.#capBps;
    if (capBps === undefined) this.#uncappedBps = undefined;
    else this.#uncappedBps ??= rateBps;
    const isSmall =
      capBps !== undefined && before !== undefined && Math.abs(capBps - before) < before * clearChange;
    if (capBps === before || isSmall) return false;
    this.#capBps = capBps;
    return true;
  }

  /** Forgets what it knows, for another publisher. */
  lift(): void {
    this.#capBps = undefined;
    this.#uncappedBps = undefined;
  }
}
