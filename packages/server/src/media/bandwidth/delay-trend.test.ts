import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../testing/seeded-random.ts';
import { DelayTrend } from './delay-trend.ts';
import { PacketGroups } from './packet-groups.ts';
import { StandingQueue } from './standing-queue.ts';

/** Sends a packet every 20 ms with this delay through everything that judges delay. */
function setUp(clockDifferenceMs = 5_000_000) {
  const groups = new PacketGroups();
  const trend = new DelayTrend();
  const queue = new StandingQueue();
  let sentMs = 0;
  const uses = new Set<string>();
  const send = (count: number, delayMs: (index: number) => number) => {
    uses.clear();
    for (let index = 0; index < count; index += 1) {
      sentMs += 20;
      const arrivedMs = sentMs + delayMs(index) + clockDifferenceMs;
      queue.add(arrivedMs - sentMs, arrivedMs);
      const step = groups.add(sentMs, arrivedMs);
      if (step) trend.add(step);
      uses.add(trend.use);
    }
    return [...uses];
  };
  return { send, queue, trend };
}

describe('the trend of the delay', () => {
  it('shows no overuse on a fast link, with or without jitter', () => {
    const random = seededRandom(1);
    const { send, queue } = setUp();
    expect(send(500, () => 30)).toEqual(['normal']);
    send(500, () => 30 + 8 * random());
    expect(send(1_000, () => 30 + 8 * random())).not.toContain('overuse');
    expect(queue.waitMs).toBeLessThan(8);
  });

  it('shows overuse within 200 ms when a queue grows by 10 ms per packet, then that it empties', () => {
    const { send, trend, queue } = setUp();
    send(100, () => 30);
    send(10, (index) => 30 + 10 * (index + 1));
    expect(trend.use).toBe('overuse');
    expect(queue.waitMs).toBeGreaterThan(10);
    send(10, (index) => 130 + 10 * (index + 1));
    expect(queue.waitMs).toBeGreaterThan(100);
    expect(send(20, (index) => 220 - 10 * index)).toContain('underuse');
    send(50, () => 30);
    expect(queue.waitMs).toBe(0);
  });

  it('shows no standing queue when a single packet is slow, or the clocks drift', () => {
    const { send, queue } = setUp();
    let longestMs = 0;
    send(3_000, (index) => {
      longestMs = Math.max(longestMs, queue.waitMs);
      // Drift of 200 ppm, and every second a packet that is 100 ms late, with those behind it.
      return 30 + index * 0.004 + (index % 50 < 2 ? 100 - 20 * (index % 50) : 0);
    });
    expect(longestMs).toBeLessThan(10);
  });
});

describe('PacketGroups', () => {
  it('compares packets sent together only as a group', () => {
    const groups = new PacketGroups();
    const frames = [0, 60, 120].map((sentMs) =>
      [0, 8, 16].map((waitMs, index) => groups.add(sentMs + index, sentMs + 100 + waitMs)),
    );
    expect(frames.flat().filter(Boolean)).toEqual([{ sentMs: 60, arrivedMs: 60, atMs: 176 }]);
  });

  it('groups a burst that the network delayed, and skips reordered packets', () => {
    const groups = new PacketGroups();
    for (const sentMs of [0, 20, 40, 60]) expect(groups.add(sentMs, 100)).toBeUndefined();
    expect(groups.add(90, 150)).toBeUndefined();
    expect(groups.add(10, 151)).toBeUndefined();
    expect(groups.add(120, 200)).toEqual({ sentMs: 30, arrivedMs: 50, atMs: 150 });
  });
});
