import { describe, expect, it } from 'vitest';
import { ReceptionStatistics } from './reception-statistics.ts';

const clockRate = 90_000;

/** Receives these numbers on the first try, 10 ms and 900 ticks apart. */
function receive(statistics: ReceptionStatistics, ...numbers: readonly number[]): void {
  for (const number of numbers) {
    statistics.received(number);
    statistics.arrived(number * 900, number * 10);
  }
}

describe('a reception report', () => {
  it('counts what was lost in all, and the share that was lost since the last report', () => {
    const statistics = new ReceptionStatistics(clockRate);
    receive(statistics, 1, 2, 3, 4);
    expect(statistics.report(7, 100)).toMatchObject({
      ssrc: 7,
      fractionLost: 0,
      packetsLost: 0,
      highestSequenceNumber: 4,
    });
    receive(statistics, 6, 8);
    expect(statistics.report(7, 200)).toMatchObject({
      fractionLost: 128,
      packetsLost: 2,
      highestSequenceNumber: 8,
    });
    expect(statistics.lossRatio).toBe(0.5);
    receive(statistics, 9, 10);
    expect(statistics.report(7, 300)).toMatchObject({ fractionLost: 0, packetsLost: 2 });
    expect(statistics.lossRatio).toBe(0);
  });

  it('has no loss before the first packet, and none for a time without packets', () => {
    const statistics = new ReceptionStatistics(clockRate);
    const silent = { fractionLost: 0, packetsLost: 0, jitter: 0 };
    expect(statistics.report(7, 0)).toMatchObject({ ...silent, highestSequenceNumber: 0 });
    expect(statistics.lossRatio).toBe(0);
    receive(statistics, 1, 2);
    statistics.report(7, 100);
    expect(statistics.report(7, 200)).toMatchObject({ ...silent, highestSequenceNumber: 2 });
    expect(statistics.lossRatio).toBe(0);
  });

  it('counts a retransmission as received, but not as arrived on the first try', () => {
    const statistics = new ReceptionStatistics(clockRate);
    receive(statistics, 1, 2, 4);
    statistics.received(3);
    expect(statistics.report(7, 100)).toMatchObject({ fractionLost: 0, packetsLost: 0 });
    expect(statistics.lossRatio).toBe(0.25);
  });

  it('has no negative loss when more arrived than was expected', () => {
    const statistics = new ReceptionStatistics(clockRate);
    receive(statistics, 10, 8, 9);
    expect(statistics.report(7, 100)).toMatchObject({
      fractionLost: 0,
      packetsLost: -2,
      highestSequenceNumber: 10,
    });
    expect(statistics.lossRatio).toBe(0);
  });

  it('keeps within the fields of the packet when everything is lost', () => {
    const statistics = new ReceptionStatistics(clockRate);
    receive(statistics, 0);
    statistics.report(7, 100);
    receive(statistics, 20_000_000);
    expect(statistics.report(7, 200)).toMatchObject({ fractionLost: 255, packetsLost: 0x7f_ffff });
  });

  it('measures jitter as RFC 3550 does: a sixteenth of each difference between transit times', () => {
    const statistics = new ReceptionStatistics(clockRate);
    statistics.received(1);
    statistics.arrived(0, 0);
    statistics.arrived(900, 10);
    expect(statistics.jitterMs).toBe(0);
    // 16 ms late: a difference of 1,440 ticks.
    statistics.arrived(1_800, 36);
    expect(statistics.jitterMs).toBe(1);
    expect(statistics.report(7, 40).jitter).toBe(90);
    // As late as before: no difference, so the jitter falls by a sixteenth.
    statistics.arrived(2_700, 46);
    expect(statistics.jitterMs).toBe(15 / 16);
    // And 16 ms earlier again.
    statistics.arrived(3_600, 40);
    expect(statistics.jitterMs).toBeCloseTo(15 / 16 + (16 - 15 / 16) / 16);
  });

  it('measures jitter across the wrap of the timestamps', () => {
    const statistics = new ReceptionStatistics(clockRate);
    statistics.arrived(2 ** 32 - 450, 0);
    statistics.arrived(450, 10);
    expect(statistics.jitterMs).toBe(0);
  });

  it('names the last sender report, and how long ago it arrived in units of 1/65,536 s', () => {
    const statistics = new ReceptionStatistics(clockRate);
    expect(statistics.report(7, 5_000)).toMatchObject({ lastSenderReport: 0, delaySinceLastSenderReport: 0 });
    const report = { ssrc: 7, rtpTimestamp: 0, packetCount: 1, octetCount: 1 };
    statistics.senderReport({ ...report, ntpSeconds: 0x0001_0002, ntpFraction: 0x8000_0000 }, 5_000);
    expect(statistics.report(7, 6_500)).toMatchObject({
      lastSenderReport: 0x0002_8000,
      delaySinceLastSenderReport: 98_304,
    });
  });
});
