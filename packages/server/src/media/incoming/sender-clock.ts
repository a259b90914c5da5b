import type { SourceClock } from './source-stream.ts';

const fractionsPerSecond = 0x1_0000_0000;

/** A time of the sender's wall clock and the matching RTP timestamp: the basis of lip sync. */
export interface ClockReading {
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
}

/** The sender's clock at `nowMs`, extrapolated from its last report. */
export function readSourceClock(clock: SourceClock, clockRate: number, nowMs: number): ClockReading {
  const elapsedSeconds = Math.max(0, nowMs - clock.arrivedMs) / 1_000;
  const fraction = clock.report.ntpFraction + Math.round(elapsedSeconds * fractionsPerSecond);
  return {
    ntpSeconds: (clock.report.ntpSeconds + Math.floor(fraction / fractionsPerSecond)) >>> 0,
    ntpFraction: fraction % fractionsPerSecond,
    rtpTimestamp: (clock.report.rtpTimestamp + Math.round(elapsedSeconds * clockRate)) >>> 0,
  };
}
