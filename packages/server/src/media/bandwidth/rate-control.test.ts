import { describe, expect, it } from 'vitest';
import { RateControl } from './rate-control.ts';

/** Feedback every 100 ms, all of it good. */
function flow(control: RateControl, fromMs: number, seconds: number, carriedBps: number): number {
  const endMs = fromMs + seconds * 1_000;
  for (let nowMs = fromMs; nowMs < endMs; nowMs += 100) control.flowed(carriedBps, nowMs);
  return endMs;
}

/** Packet loss that many packets prove. */
const share = (measured: number) => ({ measured, certain: measured });

describe('RateControl', () => {
  it('has no limit before the link reaches its own', () => {
    const control = new RateControl();
    flow(control, 0, 10, 1_000_000);
    expect(control.bitrateBps).toBeUndefined();
    control.lost(share(0.05), 1_000_000, 10_000);
    expect([control.bitrateBps, control.isFull]).toEqual([undefined, false]);
  });

  it('falls below the capacity of a full link, once per queue', () => {
    const control = new RateControl();
    expect(control.overused(500_000, 0)).toBe(true);
    expect(control.bitrateBps).toBe(425_000);
    expect(control.isFull).toBe(true);
    expect(control.overused(300_000, 100)).toBe(false);
    expect(control.overused(300_000, 400)).toBe(true);
    expect(control.bitrateBps).toBe(255_000);
  });

  it('falls no further than the flow before a probe', () => {
    const control = new RateControl();
    control.overused(500_000, 0);
    expect(control.overused(480_000, 5_000, 420_000)).toBe(true);
    expect(control.bitrateBps).toBe(420_000);
    control.proven(900_000);
    expect(control.overused(600_000, 9_000, 200_000)).toBe(true);
    expect(control.bitrateBps).toBe(510_000);
  });

  it('rises slowly near the rate of a full link, and never far above the flow', () => {
    const control = new RateControl();
    control.overused(500_000, 0);
    flow(control, 400, 5, 420_000);
    expect(control.bitrateBps).toBeGreaterThan(450_000);
    expect(control.bitrateBps).toBeLessThan(480_000);
    flow(control, 5_400, 60, 420_000);
    expect(control.bitrateBps).toBe(640_000);
    flow(control, 65_400, 60, 200_000);
    expect(control.bitrateBps).toBe(640_000);
    flow(control, 125_400, 1, 700_000);
    expect(control.bitrateBps).toBeGreaterThanOrEqual(700_000);
  });

  it('tolerates some loss, falls with heavy loss, and treats only extreme loss as a full link', () => {
    const control = new RateControl();
    control.lost(share(0.08), 920_000, 0);
    expect(control.bitrateBps).toBeUndefined();
    expect(control.lost(share(0.2), 800_000, 2_000)).toBe(true);
    expect([control.bitrateBps, control.isFull]).toEqual([900_000, false]);
    expect(control.lost(share(0.2), 800_000, 2_500)).toBe(false);
    for (let nowMs = 4_000; nowMs < 60_000; nowMs += 1_100) control.lost(share(0.2), 100_000, nowMs);
    expect(control.bitrateBps).toBe(150_000);
    control.lost(share(0.5), 100_000, 70_000);
    expect([control.bitrateBps, control.isFull]).toEqual([85_000, true]);
    flow(control, 72_000, 5, 85_000);
    expect(control.bitrateBps).toBe(85_000);
    control.lost(share(0), 85_000, 77_000);
    flow(control, 77_000, 5, 85_000);
    expect(control.bitrateBps).toBeGreaterThan(85_000);
  });
});
