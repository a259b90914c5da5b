/** A stream with speech, and its level from 0 to 1 in steps of an eighth. */
export interface SpeakingStream {
  readonly streamId: string;
  readonly level: number;
}

interface Heard {
  /** Levels of the last window, oldest first. */
  samples: { readonly timeMs: number; readonly level: number }[];
  smoothed: number;
  smoothedAtMs: number;
  spokeAtMs: number;
  heldSinceMs: number | undefined;
}

const windowMs = 400;
/** A stream without samples for this long is silent. */
const staleMs = 800;
/** A speaker stays listed for at least this long, so that layouts do not jump. */
const holdMs = 1_500;
const activeShare = 0.4;
const smoothing = 2 / 3;
/** -35 dBov as an amplitude. */
const activeLevel = 10 ** (-35 / 20);

/**
 * Detects speakers from audio levels (0 to 1, linear, as `getStats()` and `getSynchronizationSources()` return them).
 * A stream speaks when it is louder than -35 dBov in at least 40 % of the last 400 ms; it then counts as speaking for
 * at least 1.5 s. It has no clock; callers pass the time.
 */
export class SpeakerDetector {
  readonly #heard = new Map<string, Heard>();

  feed(streamId: string, level: number, timeMs: number): void {
    const known = this.#heard.get(streamId);
    const heard = known ?? {
      samples: [],
      smoothed: 0,
      smoothedAtMs: timeMs,
      spokeAtMs: -Infinity,
      heldSinceMs: undefined,
    };
    if (!known) this.#heard.set(streamId, heard);
    heard.samples = heard.samples.filter((sample) => sample.timeMs > timeMs - windowMs);
    heard.samples.push({ timeMs, level: Number.isFinite(level) ? Math.min(Math.max(level, 0), 1) : 0 });
    smooth(heard, timeMs);
  }

  /** Forgets a stream immediately, for example because it was muted or has ended. */
  forget(streamId: string): void {
    this.#heard.delete(streamId);
  }

  /** Returns the streams that speak at `timeMs`, loudest first. */
  speakers(timeMs: number): readonly SpeakingStream[] {
    const speaking: SpeakingStream[] = [];
    for (const [streamId, heard] of this.#heard) {
      const last = heard.samples.at(-1)?.timeMs ?? -Infinity;
      const isActive = heard.smoothed > 0 && timeMs - last < staleMs;
      if (isActive) heard.heldSinceMs ??= heard.spokeAtMs;
      else if (heard.heldSinceMs !== undefined && timeMs - heard.heldSinceMs >= holdMs) {
        heard.heldSinceMs = undefined;
      }
      if (heard.heldSinceMs === undefined) continue;
      speaking.push({ streamId, level: isActive ? Math.ceil(heard.smoothed * 8) / 8 : 0 });
    }
    return speaking.toSorted((one, other) => other.level - one.level);
  }
}

function smooth(heard: Heard, timeMs: number): void {
  const loud = heard.samples.filter(({ level }) => level >= activeLevel);
  const share = loud.length / heard.samples.length;
  if (share < activeShare) {
    heard.smoothed = 0;
    heard.smoothedAtMs = timeMs;
    return;
  }
  heard.spokeAtMs = timeMs;
  // The window's peak, lowered by 20 log10 of the share in decibels. For amplitudes, that is a product.
  const loudest = Math.max(...loud.map(({ level }) => level)) * share;
  const isFirst = heard.smoothed === 0;
  const elapsed = Math.max(timeMs - heard.smoothedAtMs, 0) / windowMs;
  const weight = isFirst ? smoothing : 1 - (1 - smoothing) ** elapsed;
  heard.smoothed += (loudest - heard.smoothed) * weight;
  heard.smoothedAtMs = timeMs;
}
