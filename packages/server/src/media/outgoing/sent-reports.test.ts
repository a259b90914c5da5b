import { expect, it } from 'vitest';
import { middleBits } from '../wire/rtcp.ts';
import { SentReports } from './sent-reports.ts';

const report = { ntpSeconds: 0xabcd_1234, ntpFraction: 0x5678_9abc };
const block = {
  ssrc: 1,
  fractionLost: 0,
  packetsLost: 0,
  highestSequenceNumber: 0,
  jitter: 0,
  lastSenderReport: 0x1234_5678,
  delaySinceLastSenderReport: 65_536 / 2,
};

it('identifies a report by the middle bits of its time', () => {
  expect(middleBits(report)).toBe(0x1234_5678);
});

it("measures the round trip of an answered report, without the receiver's delay", () => {
  const reports = new SentReports();
  reports.sent(report, 1_000);
  reports.sent({ ...report, ntpSeconds: report.ntpSeconds + 1 }, 2_000);
  expect(reports.roundTripMs(block, 1_540)).toBe(40);
  expect(reports.roundTripMs({ ...block, lastSenderReport: 7 }, 1_540)).toBeUndefined();
  expect(reports.roundTripMs(block, 1_499)).toBe(0);
});

it('forgets old reports', () => {
  const reports = new SentReports();
  reports.sent(report, 0);
  for (let second = 1; second <= 8; second += 1) {
    reports.sent({ ...report, ntpSeconds: report.ntpSeconds + second }, second * 1_000);
  }
  expect(reports.roundTripMs(block, 9_000)).toBeUndefined();
});

it('remembers the last eight reports', () => {
  const reports = new SentReports();
  for (let second = 0; second < 8; second += 1) {
    reports.sent({ ...report, ntpSeconds: report.ntpSeconds + second }, second * 1_000);
  }
  expect(reports.roundTripMs(block, 9_000)).toBe(8_500);
});
