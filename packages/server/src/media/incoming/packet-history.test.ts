import { expect, it } from 'vitest';
import { rtpPacket } from '../testing/test-packets.ts';
import { PacketHistory } from './packet-history.ts';

const packet = rtpPacket({});

/** A history whose packet N arrived at `N * intervalMs`. */
function historyOf(count: number, intervalMs: number): PacketHistory {
  const history = new PacketHistory(64);
  for (let number = 0; number < count; number += 1) {
    history.tick(number * intervalMs);
    history.add(number, packet);
  }
  return history;
}

it('stores as many packets as its capacity', () => {
  const history = historyOf(100, 20);
  expect(history.get(99)).toBe(packet);
  expect(history.get(36)).toBe(packet);
  expect(history.get(35)).toBeUndefined();
});

it('releases packets older than two seconds, but still knows that they arrived', () => {
  const history = historyOf(60, 100);
  expect(history.get(39)).toBe(packet);
  expect(history.get(30)).toBeUndefined();
  expect(history.has(30)).toBe(true);
});

it('releases everything when no more packets arrive', () => {
  const history = historyOf(10, 100);
  for (let nowMs = 1_000; nowMs < 4_000; nowMs += 20) history.tick(nowMs);
  expect(history.get(9)).toBeUndefined();
  expect(history.has(9)).toBe(true);
});

it('is empty and usable again after being cleared', () => {
  const history = historyOf(60, 100);
  history.clear();
  history.tick(6_000);
  expect(history.has(59)).toBe(false);
  history.add(5, packet);
  history.tick(6_100);
  history.tick(7_000);
  expect(history.get(5)).toBe(packet);
});
