import { expect, test } from 'vitest';
import { NackGenerator } from './nack-generator.ts';

/** Times at which packet `number` is asked for, when somebody looks every 20 ms. */
function requestTimesMs(nacks: NackGenerator, number: number, fromMs: number, toMs: number): number[] {
  const times: number[] = [];
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 20) {
    if (nacks.due(nowMs).request.includes(number)) times.push(nowMs);
  }
  return times;
}

/** A generator that has seen these repairs take this long. */
function after(...repairsMs: readonly number[]): NackGenerator {
  const nacks = new NackGenerator();
  for (const [number, repairMs] of repairsMs.entries()) {
    nacks.addMissing(number, number + 1, -1_000);
    nacks.due(-1_000);
    nacks.arrived(number, -1_000 + repairMs);
  }
  return nacks;
}

test('asks at once, and every 100 ms while it does not know how long a repair takes', () => {
  const nacks = after();
  nacks.addMissing(50, 51, 0);
  expect(requestTimesMs(nacks, 50, 0, 300)).toEqual([0, 100, 200, 300]);
});

test('asks again after one and a half times what repairs took so far', () => {
  const nacks = after(40);
  nacks.addMissing(50, 51, 0);
  expect(requestTimesMs(nacks, 50, 0, 200)).toEqual([0, 60, 120, 180]);
});

test('asks no faster than every 40 ms, and no slower than every 100 ms', () => {
  const near = after(1);
  near.addMissing(50, 51, 0);
  expect(requestTimesMs(near, 50, 0, 120)).toEqual([0, 40, 80, 120]);
  const far = after(90);
  far.addMissing(50, 51, 0);
  expect(requestTimesMs(far, 50, 0, 200)).toEqual([0, 100, 200]);
});

test('learns nothing from a packet that was asked for more than once, or not yet', () => {
  const nacks = after();
  nacks.addMissing(1, 3, 0);
  nacks.arrived(1, 1);
  nacks.due(10);
  nacks.due(110);
  nacks.arrived(2, 111);
  nacks.addMissing(50, 51, 200);
  expect(requestTimesMs(nacks, 50, 200, 400)).toEqual([200, 300, 400]);
});

test('gives a packet up after ten requests, and says that only a key frame helps', () => {
  const nacks = after(1);
  nacks.addMissing(50, 51, 0);
  expect(requestTimesMs(nacks, 50, 0, 360)).toHaveLength(10);
  expect(nacks.due(400)).toEqual({ request: [], gaveUp: true });
});
