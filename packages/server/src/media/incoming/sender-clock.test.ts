import { expect, it } from 'vitest';
import { readSourceClock } from './sender-clock.ts';
import type { SourceClock } from './source-stream.ts';

const clock: SourceClock = {
  report: {
    ssrc: 1,
    ntpSeconds: 100,
    ntpFraction: 0x4000_0000,
    rtpTimestamp: 4_000,
    packetCount: 1,
    octetCount: 1,
  },
  arrivedMs: 1_000,
};

it.each([
  ['at the report', 1_000, { ntpSeconds: 100, ntpFraction: 0x4000_0000, rtpTimestamp: 4_000 }],
  ['half a second later', 1_500, { ntpSeconds: 100, ntpFraction: 0xc000_0000, rtpTimestamp: 49_000 }],
  ['in the next second', 2_750, { ntpSeconds: 102, ntpFraction: 0, rtpTimestamp: 161_500 }],
  ['before the report', 900, { ntpSeconds: 100, ntpFraction: 0x4000_0000, rtpTimestamp: 4_000 }],
])('extrapolates the time and the timestamp %s', (_when, nowMs, expected) => {
  expect(readSourceClock(clock, 90_000, nowMs)).toEqual(expected);
});

it('wraps around as the fields of a sender report do', () => {
  const report = {
    ...clock.report,
    ntpSeconds: 0xffff_ffff,
    ntpFraction: 0xc000_0000,
    rtpTimestamp: 2 ** 32 - 1,
  };
  expect(readSourceClock({ report, arrivedMs: 0 }, 90_000, 250)).toEqual({
    ntpSeconds: 0,
    ntpFraction: 0,
    rtpTimestamp: 22_499,
  });
});
