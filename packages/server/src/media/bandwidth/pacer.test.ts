import { describe, expect, it } from 'vitest';
import { Pacer, pacingIntervalMs } from './pacer.ts';

function setUp() {
  const left: { readonly text: string; readonly atMs: number }[] = [];
  const pacer = new Pacer((packet, atMs) => left.push({ text: packet.toString('latin1', 0, 1), atMs }));
  /** Offers packets of 1,000 bytes, named by these letters. */
  const offer = (letters: string, rateBps: number, nowMs: number) =>
    Array.from(letters, (letter) => pacer.offer(Buffer.alloc(1_000, letter), rateBps, nowMs));
  const drainUntil = (rateBps: number, fromMs: number, untilMs: number) => {
    for (let nowMs = fromMs; nowMs <= untilMs; nowMs += pacingIntervalMs) pacer.drain(rateBps, nowMs);
  };
  return { pacer, left, offer, drainUntil };
}

describe('Pacer', () => {
  it('sends packets immediately on an idle link', () => {
    const { left, offer } = setUp();
    expect([...offer('a', 800_000, 0), ...offer('b', 800_000, 20)]).toEqual(['left', 'left']);
    expect(left.map(({ atMs }) => atMs)).toEqual([0, 20]);
  });

  it('copies waiting packets, because their sender reuses its memory', () => {
    const { pacer, left, drainUntil } = setUp();
    const memory = Buffer.alloc(1_000);
    for (const letter of 'abc') pacer.offer(memory.fill(letter), 800_000, 0);
    drainUntil(800_000, 5, 100);
    expect(left.map(({ text }) => text).join('')).toBe('abc');
  });

  it('spreads a key frame over the time that the link needs, in order', () => {
    const { left, offer, drainUntil } = setUp();
    // 10 ms for each packet.
    offer('abcdefgh', 800_000, 0);
    drainUntil(800_000, 5, 200);
    expect(left.map(({ text }) => text).join('')).toBe('abcdefgh');
    expect(left.map(({ atMs }) => atMs)).toEqual([0, 5, 15, 25, 35, 45, 55, 65]);
    expect(offer('i', 800_000, 300)).toEqual(['left']);
  });

  it('counts packets that did not wait', () => {
    const { pacer, left, offer, drainUntil } = setUp();
    pacer.spend(1_000, 800_000, 0);
    pacer.spend(1_000, 800_000, 0);
    expect(offer('a', 800_000, 0)).toEqual(['waits']);
    drainUntil(800_000, 5, 30);
    expect(left).toEqual([{ text: 'a', atMs: 15 }]);
  });

  it('speeds up rather than delay a frame by much more than a second', () => {
    const { left, offer, drainUntil } = setUp();
    offer('x'.repeat(100), 80_000, 0);
    drainUntil(80_000, 5, 5_000);
    expect(left).toHaveLength(100);
    expect(left.filter(({ atMs }) => atMs <= 1_500).length).toBeGreaterThan(60);
  });

  it('drops waiting packets on demand, and when they exceed any frame', () => {
    const { pacer, left, offer, drainUntil } = setUp();
    offer('ab', 80_000, 0);
    pacer.clear();
    drainUntil(80_000, 200, 400);
    expect(left.map(({ text }) => text)).toEqual(['a']);
    const outcomes = offer('y'.repeat(3_000), 80_000, 400);
    expect(outcomes).toContain('overflow');
    expect(pacer.queuedBytes).toBeLessThanOrEqual(2_000_000);
  });
});
