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
  it('lets packets leave at once on a link that is free', () => {
    const { left, offer } = setUp();
    expect([...offer('a', 800_000, 0), ...offer('b', 800_000, 20)]).toEqual(['left', 'left']);
    expect(left.map(({ atMs }) => atMs)).toEqual([0, 20]);
  });

  it('keeps a copy of what waits, since its sender writes the next packet to the same memory', () => {
    const { pacer, left, drainUntil } = setUp();
    const memory = Buffer.alloc(1_000);
    for (const letter of 'abc') pacer.offer(memory.fill(letter), 800_000, 0);
    drainUntil(800_000, 5, 100);
    expect(left.map(({ text }) => text).join('')).toBe('abc');
  });

  it('spreads a key frame over the time that the link needs for it, in order', () => {
    const { left, offer, drainUntil } = setUp();
    // 10 ms for each packet.
    offer('abcdefgh', 800_000, 0);
    drainUntil(800_000, 5, 200);
    expect(left.map(({ text }) => text).join('')).toBe('abcdefgh');
    expect(left.map(({ atMs }) => atMs)).toEqual([0, 5, 15, 25, 35, 45, 55, 65]);
    expect(offer('i', 800_000, 300)).toEqual(['left']);
  });

  it('counts what did not wait', () => {
    const { pacer, left, offer, drainUntil } = setUp();
    pacer.spend(1_000, 800_000, 0);
    pacer.spend(1_000, 800_000, 0);
    expect(offer('a', 800_000, 0)).toEqual(['waits']);
    drainUntil(800_000, 5, 30);
    expect(left).toEqual([{ text: 'a', atMs: 15 }]);
  });

  it('hurries rather than letting a picture wait much longer than a second', () => {
    const { left, offer, drainUntil } = setUp();
    offer('x'.repeat(100), 80_000, 0);
    drainUntil(80_000, 5, 5_000);
    expect(left).toHaveLength(100);
    expect(left.filter(({ atMs }) => atMs <= 1_500).length).toBeGreaterThan(60);
  });

  it('drops what waits when asked to, and when it is too much for any picture', () => {
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
