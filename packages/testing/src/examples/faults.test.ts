import { createFakeConference, type FaultPlan } from '@parley-rtc/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const plan: FaultPlan = {
  title: 'A tunnel',
  seed: 1,
  faults: [
    { at: '1s', for: '10s', kind: 'network', effect: 'lost' },
    { at: '11s', for: '20s', kind: 'http', effect: 'status', status: 503, share: 0.5 },
  ],
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('keeps what others do while the network is lost', async () => {
  const fake = await createFakeConference();
  const { state } = fake.conference;
  const run = fake.runFaults(plan);

  await vi.advanceTimersByTimeAsync(5_000);
  expect(state.getSnapshot().connection).toBe('reconnecting');
  fake.join({ name: 'Ada' });

  await vi.advanceTimersByTimeAsync(run.durationMs);
  expect(state.getSnapshot().connection).toBe('connected');
  expect(state.getSnapshot().conference.participants).toHaveLength(2);
  await fake.close();
});
