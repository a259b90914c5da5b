import { ParleyError, type PublishedStream, type ViewedStream } from '@parley-rtc/sdk';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Fault, FaultPlan } from '../faults/fault-plan.ts';
import { createFakeConference, type FakeConference } from './create-fake-conference.ts';

/** Long enough for every retry, deadline and rejoin of the SDK after the last fault. */
const recoveryMs = 180_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const at = fc.integer({ min: 0, max: 20_000 });
const lasting = { at, for: fc.integer({ min: 0, max: 60_000 }) };
const http = {
  ...lasting,
  kind: fc.constant('http' as const),
  share: fc.double({ min: 0.1, max: 1, noNaN: true }),
};
const direction = fc.constantFrom('publish' as const, 'view' as const);
const device = fc.constantFrom('camera' as const, 'microphone' as const);
const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ ...http, effect: fc.constantFrom('lost' as const, 'answer-lost' as const) }),
  fc.record({ ...http, effect: fc.constant('late' as const), delay: fc.integer({ min: 0, max: 30_000 }) }),
  fc.record({
    ...http,
    effect: fc.constant('status' as const),
    status: fc.constantFrom(429, 500, 502, 503),
    retryAfter: fc.constantFrom('1s' as const, '10s' as const),
  }),
  fc.record({ at, kind: fc.constant('feed' as const), effect: fc.constant('cut' as const) }),
  fc.record({ ...lasting, kind: fc.constant('feed' as const), effect: fc.constant('stalled' as const) }),
  fc.record({ at, kind: fc.constant('peer' as const), effect: fc.constant('failed' as const), direction }),
  fc.record({ ...lasting, kind: fc.constant('peer' as const), effect: fc.constant('disconnected' as const) }),
  fc.record({
    ...lasting,
    kind: fc.constant('device' as const),
    effect: fc.constantFrom('unplugged' as const, 'in-use' as const, 'denied' as const),
    device,
  }),
  fc.record({ ...lasting, kind: fc.constant('network' as const), effect: fc.constant('lost' as const) }),
);
const anyPlan: fc.Arbitrary<FaultPlan> = fc.record({
  seed: fc.integer(),
  faults: fc.array(anyFault, { minLength: 1, maxLength: 5 }),
});

/** Calls of ours whose outcome matters: each must settle, and fail only with an error of the SDK. */
class Calls {
  readonly pending = new Set<string>();
  readonly foreign: unknown[] = [];

  watch<Value>(name: string, call: Promise<Value>): Promise<Value | undefined> {
    this.pending.add(name);
    return call.then(
      (value) => {
        this.pending.delete(name);
        return value;
      },
      (error: unknown) => {
        this.pending.delete(name);
        if (!(error instanceof ParleyError)) this.foreign.push(error);
        return undefined;
      },
    );
  }
}

async function liveThrough(fake: FakeConference, plan: FaultPlan, calls: Calls): Promise<void> {
  const { conference } = fake;
  const run = fake.runFaults(plan);
  const ada = fake.join({ name: 'Ada' });
  const [streamId = ''] = ada.publish({ camera: true, microphone: true });
  let published: PublishedStream | undefined;
  let viewed: ViewedStream | undefined;
  const publish = conference.publishStream({ camera: true, microphone: true });
  void calls.watch('publish', publish).then((stream) => (published = stream));
  await vi.advanceTimersByTimeAsync(2_000);
  void calls.watch('view', conference.viewStream(streamId)).then((view) => (viewed = view));
  void calls.watch('send', conference.send('chat', 'hello'));
  await vi.advanceTimersByTimeAsync(6_000);
  ada.mute('audio');
  void calls.watch('metadata', conference.setMetadata('topic', 'faults'));
  if (published) void calls.watch('mute', published.mute('audio'));
  await vi.advanceTimersByTimeAsync(6_000);
  fake.join({ name: 'Bob' });
  if (viewed) void calls.watch('stop', viewed.stop());
  ada.leave();
  await vi.advanceTimersByTimeAsync(run.durationMs + recoveryMs);
}

it(
  'settles every call, and shows what the server has, whatever went wrong',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, async (plan) => {
        const fake = await createFakeConference();
        const calls = new Calls();
        try {
          await liveThrough(fake, plan, calls);
          expect([...calls.pending]).toEqual([]);
          expect(calls.foreign).toEqual([]);
          const { connection, conference } = fake.conference.state.getSnapshot();
          if (connection !== 'left' && connection !== 'ended') expect(connection).toBe('connected');
          if (connection === 'connected') expect(conference).toEqual(fake.state);
        } finally {
          const closing = calls.watch('leave', fake.close());
          await vi.advanceTimersByTimeAsync(60_000);
          await closing;
        }
        expect([...calls.pending]).toEqual([]);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: Number(process.env['PARLEY_RANDOM_PLANS'] ?? 60) },
    );
  },
);

it('runs the same plan in the same way', async () => {
  const plan: FaultPlan = {
    seed: 7,
    faults: [{ at: 0, for: '30s', kind: 'http', effect: 'status', status: 503, share: 0.5 }],
  };
  const runs: string[][] = [];
  for (let round = 0; round < 2; round += 1) {
    const fake = await createFakeConference();
    const run = fake.runFaults(plan);
    for (let index = 0; index < 10; index += 1) {
      fake.conference.setMetadata('topic', String(index)).catch(() => {});
      await vi.advanceTimersByTimeAsync(3_000);
    }
    runs.push(run.steps.filter(({ operation }) => operation === 'updateMetadata').map(({ step }) => step));
    const closing = fake.close();
    await vi.advanceTimersByTimeAsync(60_000);
    await closing;
  }
  expect(runs[0]?.length).toBeGreaterThan(2);
  expect(runs[1]).toEqual(runs[0]);
});
