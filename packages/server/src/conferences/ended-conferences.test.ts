import { expect, it } from 'vitest';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { EndedConferences } from './ended-conferences.ts';

function setUp(forget?: (conferenceId: string) => Promise<void>) {
  const clock = new FakeClock();
  const told: unknown[] = [];
  const ended = new EndedConferences({
    clock,
    retentionMs: 1_000,
    forget:
      forget ??
      ((conferenceId) => {
        told.push(conferenceId);
        return Promise.resolve();
      }),
    onError: (error) => told.push(error),
  });
  const ago = (ms: number): string => new Date(clock.now() - ms).toISOString();
  return { clock, told, ended, ago };
}

it('deletes a conference when its retention passes, and not before', () => {
  const { clock, told, ended, ago } = setUp();
  ended.add('now', ago(0));
  ended.add('a while ago', ago(400));
  ended.add('long ago', ago(5_000));
  clock.advance(0);
  expect(told).toEqual(['long ago']);
  clock.advance(599);
  expect(told).toEqual(['long ago']);
  clock.advance(401);
  expect(told).toEqual(['long ago', 'a while ago', 'now']);
  expect([clock.timerCount, ended.count]).toEqual([0, 0]);
});

it('keeps waiting when a long timer fires early', () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const hasty = {
    now: () => clock.now(),
    elapsedMs: () => clock.elapsedMs(),
    setTimer: (callback: () => void, delayMs: number) => clock.setTimer(callback, Math.min(delayMs, 300)),
  };
  const forget = (conferenceId: string): Promise<void> => {
    told.push(conferenceId);
    return Promise.resolve();
  };
  const ended = new EndedConferences({ clock: hasty, retentionMs: 1_000, forget, onError: failLoudly });
  ended.add('c-1', new Date(clock.now()).toISOString());
  clock.advance(999);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual(['c-1']);
});

it.each([3_600_000, -3_600_000])('keeps its retention when the clock is set by %i ms', (byMs) => {
  const { clock, told, ended, ago } = setUp();
  ended.add('c-1', ago(0));
  clock.set(byMs);
  clock.advance(999);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual(['c-1']);
});

it('keeps a conference that ended in the future no longer than its retention', () => {
  const { clock, told, ended, ago } = setUp();
  ended.add('c-1', ago(-3_600_000));
  clock.advance(1_000);
  expect(told).toEqual(['c-1']);
});

it('deletes a conference early on request, once for all callers, and never a later one', async () => {
  const { clock, told, ended, ago } = setUp();
  ended.add('c-1', ago(0));
  await Promise.all([ended.forgetNow('c-1'), ended.forgetNow('c-1')]);
  await ended.forgetNow('c-1');
  await ended.forgetNow('unknown');
  clock.advance(1_000);
  expect(told).toEqual(['c-1']);
  expect([clock.timerCount, ended.count]).toEqual([0, 0]);
});

it('reports a conference that could not be deleted', async () => {
  const failure = new Error('disk full');
  const { clock, told, ended, ago } = setUp(() => Promise.reject(failure));
  ended.add('c-1', ago(0));
  clock.advance(1_000);
  await expect.poll(() => told).toEqual([failure]);
});

it('leaves no timer behind when closed', () => {
  const { clock, ended, ago } = setUp();
  ended.add('c-1', ago(0));
  expect(ended.count).toBe(1);
  ended.close();
  expect([clock.timerCount, ended.count]).toEqual([0, 0]);
});
