import { expect, it } from 'vitest';
import { NackGenerator } from './nack-generator.ts';

/** Times at which packet `number` is requested, when checked every 20 ms. */
function requestTimesMs(nacks: NackGenerator, number: number, fromMs: number, toMs: number): number[] {
  const times: number[] = [];
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 20) {
    if (nacks.due(nowMs).request.includes(number)) times.push(nowMs);
  }
  return times;
}

/** A generator that has measured these repair delays. */
function after(...repairsMs: readonly number[]): NackGenerator {
  const nacks = new NackGenerator();
  for (const [number, repairMs] of repairsMs.entries()) {
    nacks.addMissing(number, number + 1, -1_000);
    nacks.due(-1_000);
    nacks.arrived(number, -1_000 + repairMs);
  }
  return nacks;
}

it('requests immediately, then every 100 ms while the repair delay is unknown', () => {
  const nacks = after();
  nacks.addMissing(50, 51, 0);
  expect(requestTimesMs(nacks, 50, 0, 300)).toEqual([0, 100, 200, 300]);
});

it('retries after one and a half times the measured repair delay', () => {
  const nacks = after(40);
  nacks.addMissing(50, 51, 0);
  expect(requestTimesMs(nacks, 50, 0, 200)).toEqual([0, 60, 120, 180]);
});

it('retries no faster than every 40 ms, and no slower than every 100 ms', () => {
  const near = after(1);
  near.addMissing(50, 51, 0);
  expect(requestTimesMs(near, 50, 0, 120)).toEqual([0, 40, 80, 120]);
  const far = after(90);
  far.addMissing(50, 51, 0);
  expect(requestTimesMs(far, 50, 0, 200)).toEqual([0, 100, 200]);
});

it('measures nothing on a packet that was requested more than once, or not yet', () => {
  const nacks = after();
  nacks.addMissing(1, 3, 0);
  nacks.arrived(1, 1);
  nacks.due(10);
  nacks.due(110);
  nacks.arrived(2, 111);
  nacks.addMissing(50, 51, 200);
  expect(requestTimesMs(nacks, 50, 200, 400)).toEqual([200, 300, 400]);
});

it('abandons a packet after ten requests, and reports that only a key frame helps', () => {
  const nacks = after(1);
  nacks.addMissing(50, 51, 0);
  expect(requestTimesMs(nacks, 50, 0, 360)).toHaveLength(10);
  expect(nacks.due(400)).toEqual({ request: [], hasAbandoned: true });
});

it('weighs a new repair delay with an eighth', () => {
  const nacks = after(40, 56);
  nacks.addMissing(50, 51, 0);
  // 42 ms, and half of that again.
  expect([nacks.due(0), nacks.due(62), nacks.due(63)].map(({ request }) => request)).toEqual([
    [50],
    [],
    [50],
  ]);
});

it('abandons a packet that is missing for more than a second', () => {
  const nacks = after();
  nacks.addMissing(50, 51, 0);
  nacks.due(0);
  expect(nacks.due(1_000)).toEqual({ request: [50], hasAbandoned: false });
  expect(nacks.due(1_100)).toEqual({ request: [], hasAbandoned: true });
  expect(nacks.due(1_200)).toEqual({ request: [], hasAbandoned: false });
});

it('repairs up to 300 packets, and abandons all of more', () => {
  const nacks = after();
  nacks.addMissing(0, 200, 0);
  nacks.addMissing(300, 400, 0);
  const { request, hasAbandoned } = nacks.due(0);
  expect([request.length, request[0], request.at(-1), hasAbandoned]).toEqual([300, 0, 399, false]);
  nacks.addMissing(500, 501, 10);
  expect(nacks.due(200)).toEqual({ request: [], hasAbandoned: true });
  expect(nacks.due(400)).toEqual({ request: [], hasAbandoned: false });
});

it('requests nothing more once it is cleared, or the packet has arrived', () => {
  const nacks = after();
  nacks.addMissing(50, 52, 0);
  nacks.arrived(50, 5);
  expect(nacks.due(10).request).toEqual([51]);
  nacks.clear();
  expect(nacks.due(500)).toEqual({ request: [], hasAbandoned: false });
});
