import { describe, expect, it } from 'vitest';
import { ProbePlan } from './probe-plan.ts';

/**
 * Starts and judges probes every 100 ms, on a link that shows a queue above `capacityBps`. Returns when probes started
 * and what they proved.
 */
function runOver(plan: ProbePlan, capacityBps: number, fromMs: number, untilMs: number) {
  const beganMs: number[] = [];
  const provenBps: number[] = [];
  let highestBps = 0;
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 100) {
    plan.tick(nowMs);
    if (plan.begin(200_000, nowMs)) beganMs.push(nowMs - fromMs);
    const rateBps = plan.rateAt(nowMs);
    highestBps = Math.max(highestBps, rateBps);
    const waitMs = rateBps > capacityBps ? 60 : 0;
    const link = { isOverused: false, waitMs, newestSentMs: nowMs - 50 };
    const found = plan.judge(link, () => Math.min(rateBps || 200_000, capacityBps), nowMs);
    if (found !== undefined) provenBps.push(Math.round(found));
  }
  return { beganMs, provenBps, highestBps };
}

describe('ProbePlan', () => {
  it('probes nothing without a target', () => {
    const plan = new ProbePlan(() => 0.5);
    expect(runOver(plan, 1_000_000, 0, 60_000).beganMs).toEqual([]);
    expect(plan.isRunning).toBe(false);
  });

  it('ramps from the current flow to the target, stays there, and reports that the link carries it', () => {
    const plan = new ProbePlan(() => 0.5);
    plan.aim(800_000);
    plan.begin(200_000, 0);
    const rates = [0, 1_000, 2_000, 2_400, 2_500].map((ms) => Math.round(plan.rateAt(ms)));
    expect(rates).toEqual([200_000, 400_000, 800_000, 800_000, 0]);
    expect(runOver(plan, 1_000_000, 0, 3_000).provenBps).toEqual([800_000]);
  });

  it('ends at the first sign of a queue, and waits twice as long after each failure, up to eight seconds', () => {
    const plan = new ProbePlan(() => 0.5);
    plan.aim(800_000);
    const { beganMs, provenBps, highestBps } = runOver(plan, 400_000, 0, 120_000);
    expect(provenBps).toEqual([]);
    expect(highestBps).toBeLessThan(500_000);
    const pauses = beganMs.slice(1).map((ms, index) => ms - (beganMs[index] ?? 0));
    expect(pauses.map((ms) => Math.round(ms / 1_000))).toEqual([
      4,
      7,
      ...Array.from({ length: 11 }, () => 9),
    ]);
  });

  it('proves nothing without arrivals or without feedback', () => {
    const plan = new ProbePlan(() => 0.5);
    plan.aim(800_000);
    plan.begin(200_000, 0);
    const link = { isOverused: false, waitMs: 0, newestSentMs: 2_350 };
    expect(plan.judge(link, () => 500_000, 2_450)).toBeUndefined();
    expect(plan.isRunning).toBe(true);
    expect(plan.judge(link, () => 500_000, 3_500)).toBeUndefined();
    expect(plan.isRunning).toBe(false);

    plan.begin(200_000, 10_000);
    plan.tick(15_000);
    expect(plan.isRunning).toBe(false);
  });

  it('waits longer after a refuted probe, until a later one is proven', () => {
    const plan = new ProbePlan(() => 0.5);
    plan.aim(800_000);
    expect(runOver(plan, 1_000_000, 0, 2_400).provenBps).toEqual([800_000]);
    plan.postpone(5_000);
    expect(runOver(plan, 1_000_000, 5_000, 11_000).beganMs).toEqual([3_000]);
    plan.postpone(12_000);
    expect(runOver(plan, 1_000_000, 12_000, 21_000).beganMs).toEqual([6_000]);
    expect(runOver(plan, 1_000_000, 40_000, 43_000).beganMs).toEqual([0]);
    plan.postpone(60_000);
    expect(runOver(plan, 1_000_000, 60_000, 64_000).beganMs).toEqual([3_000]);
  });
});
