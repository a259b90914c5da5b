import { expect, it } from 'vitest';
import { FlowMeter } from './flow-meter.ts';

it('counts totals, and measures the rate between two calls', () => {
  const flow = new FlowMeter();
  flow.measure(0);
  for (let packet = 0; packet < 10; packet += 1) flow.count(1_000);
  flow.measure(500);
  expect(flow).toMatchObject({ packets: 10, bytes: 10_000, bitrateBps: 160_000 });
  flow.measure(1_500);
  expect(flow.bitrateBps).toBe(0);
});

it('keeps its rate when it is measured again in the same millisecond', () => {
  const flow = new FlowMeter();
  flow.count(1_000);
  flow.measure(0);
  expect(flow.bitrateBps).toBe(0);
  flow.count(1_000);
  flow.measure(1_000);
  flow.count(1_000);
  flow.measure(1_000);
  expect(flow.bitrateBps).toBe(8_000);
  flow.measure(2_000);
  expect(flow.bitrateBps).toBe(0);
});
