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

it('releases a packet two seconds after it was the newest, to within half a second', () => {
  const history = new PacketHistory(64);
  history.add(0, packet);
  for (const nowMs of [0, 499, 500]) history.tick(nowMs);
  history.add(1, packet);
  for (const nowMs of [1_000, 1_500, 1_999]) history.tick(nowMs);
  expect(history.get(0)).toBe(packet);
  history.tick(2_000);
  expect([history.get(0), history.get(1)]).toEqual([undefined, packet]);
  history.tick(2_500);
  expect(history.get(1)).toBe(packet);
  history.tick(3_000);
  expect([history.get(1), history.has(1)]).toEqual([undefined, true]);
});

it('does not release a newer packet in the place of an old one', () => {
  const history = new PacketHistory(4);
  history.add(0, packet);
  history.tick(0);
  history.add(4, packet);
  for (const nowMs of [500, 1_000, 1_500, 2_000]) history.tick(nowMs);
  expect([history.has(0), history.get(4)]).toEqual([false, packet]);
});

it('stores packets with numbers before those of the first', () => {
  const history = new PacketHistory(64);
  history.add(0, packet);
  history.add(-1, packet);
  history.add(-64, packet);
  expect([-1, 63, -64, 0].map((number) => history.has(number))).toEqual([true, false, true, false]);
  expect([history.capacity, history.get(-1)]).toEqual([64, packet]);
});

it('releases late packets with the others', () => {
  const history = new PacketHistory(64);
  history.add(9, packet);
  history.add(7, packet);
  for (const nowMs of [0, 500, 1_000, 1_500, 2_000]) history.tick(nowMs);
  expect([history.get(7), history.get(9)]).toEqual([undefined, undefined]);
});

it('releases packets with lower numbers after it was cleared', () => {
  const history = historyOf(60, 100);
  history.clear();
  history.add(5, packet);
  for (const nowMs of [10_000, 10_500, 11_000, 11_500, 12_000]) history.tick(nowMs);
  expect([history.get(5), history.has(5)]).toEqual([undefined, true]);
});
