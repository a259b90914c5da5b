import type { Clock } from '../clock.ts';

/** A thousand lines a minute that say the same hide every other line, and fill the disk. */
const linesPerMinute = 10;
const minuteMs = 60_000;

interface Lines {
  startMs: number;
  count: number;
  suppressed: number;
}

/** Limits how often the same message is logged. Messages are constants, so there are few of them. */
export class LineBudget {
  readonly #clock: Pick<Clock, 'elapsedMs'>;
  readonly #linesOf = new Map<string, Lines>();

  constructor(clock: Pick<Clock, 'elapsedMs'>) {
    this.#clock = clock;
  }

  /**
   * Counts a line with this message. Returns what to add to it, or undefined when it must not be written: the first line
   * after that tells how many were left out.
   */
  take(message: string): { readonly suppressedLines?: number } | undefined {
    const nowMs = this.#clock.elapsedMs();
    const lines = this.#linesOf.get(message) ?? { startMs: nowMs, count: 0, suppressed: 0 };
    this.#linesOf.set(message, lines);
    if (nowMs - lines.startMs >= minuteMs) Object.assign(lines, { startMs: nowMs, count: 0 });
    if (lines.count >= linesPerMinute) {
      lines.suppressed += 1;
      return undefined;
    }
    lines.count += 1;
    const { suppressed } = lines;
    lines.suppressed = 0;
    return suppressed > 0 ? { suppressedLines: suppressed } : {};
  }
}
