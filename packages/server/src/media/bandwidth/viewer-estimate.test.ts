import { expect, it } from 'vitest';
import { ViewerEstimate } from './viewer-estimate.ts';

it('treats an estimate as a limit only when it falls, and follows its rise', () => {
  const estimate = new ViewerEstimate();
  for (const [second, bitrateBps] of [300_000, 310_000, 305_000].entries()) {
    estimate.reported(bitrateBps, second * 1_000);
  }
  expect(estimate.bitrateBps).toBeUndefined();
  estimate.reported(200_000, 3_000);
  expect(estimate.bitrateBps).toBe(200_000);
  estimate.reported(230_000, 4_000);
  expect(estimate.bitrateBps).toBe(230_000);
});

/** Reports of a viewer that is sent a hundred packets each time. */
function reporter(estimate: ViewerEstimate) {
  let [packetsLost, highestSequenceNumber] = [0, 1_000];
  const ssrc = 1;
  estimate.lost([{ ssrc, packetsLost, highestSequenceNumber }], 0, 0);
  return (percent: number, sentBps: number, nowMs: number) => {
    packetsLost += percent;
    highestSequenceNumber += 100;
    estimate.lost([{ ssrc, packetsLost, highestSequenceNumber }], sentBps, nowMs);
  };
}

it('limits a viewer with heavy loss, and raises the limit when the loss ends', () => {
  const estimate = new ViewerEstimate();
  const report = reporter(estimate);
  report(25, 1_000_000, 1_000);
  expect(estimate.bitrateBps).toBe(875_000);
  report(0, 500_000, 2_500);
  expect(estimate.bitrateBps).toBe(875_000);
  report(0, 500_000, 3_000);
  expect(estimate.bitrateBps).toBe(1_312_500);
  for (let nowMs = 4_000; nowMs <= 10_000; nowMs += 1_000) report(0, 500_000, nowMs);
  expect(estimate.bitrateBps).toBeUndefined();
});

it('judges loss over half a second, however often it is reported', () => {
  const estimate = new ViewerEstimate();
  estimate.lost([{ ssrc: 1, packetsLost: 0, highestSequenceNumber: 0 }], 1_000_000, 0);
  estimate.lost([{ ssrc: 1, packetsLost: 0, highestSequenceNumber: 100 }], 1_000_000, 1_000);
  // A repair request with a report on the three packets since the last one, two of them lost.
  estimate.lost([{ ssrc: 1, packetsLost: 2, highestSequenceNumber: 103 }], 1_000_000, 1_010);
  estimate.lost([{ ssrc: 1, packetsLost: 2, highestSequenceNumber: 203 }], 1_000_000, 1_500);
  expect(estimate.bitrateBps).toBeUndefined();
});

it('lowers its limit once per burst of loss', () => {
  const estimate = new ViewerEstimate();
  const report = reporter(estimate);
  report(50, 1_000_000, 1_000);
  report(50, 900_000, 1_500);
  expect(estimate.bitrateBps).toBe(750_000);
  report(50, 800_000, 2_000);
  expect(estimate.bitrateBps).toBe(562_500);
});

it('keeps its limit while there is some loss', () => {
  const estimate = new ViewerEstimate();
  const report = reporter(estimate);
  report(50, 1_000_000, 1_000);
  for (let nowMs = 2_000; nowMs <= 20_000; nowMs += 1_000) report(5, 700_000, nowMs);
  expect(estimate.bitrateBps).toBe(750_000);
});
