import { InvalidRequestError } from '@parley-rtc/client';
import { expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken } from '../../../testing/src/server/fake-server.ts';
import { settle } from '../testing/settle.ts';
import { held, joined, provideTimedFeed, type TimedFeed } from '../testing/timed-feed.ts';

let page: FakePage;
let timed: TimedFeed;

provideTimedFeed((fakes) => {
  ({ page, timed } = fakes);
});

const refusal = new InvalidRequestError({ operation: 'getEvents', status: 400 });

it('the log says why the state is read, and that the server is behind', async () => {
  timed.poll.mockResolvedValueOnce([joined(5), joined(9)]);
  timed.readSnapshot.mockImplementation(async () => ({ ...timed.state, version: 5, versionId: 'e5' }));
  timed.begin();
  await vi.advanceTimersByTimeAsync(1_300);
  expect(timed.logged.filter((line) => !line.includes('polling'))).toEqual([
    'warn events missing; reading the state',
    'warn the server is behind',
    'warn events missing; reading the state',
    'warn the server is behind',
  ]);
});

it('the log says that a position was refused, and that another history is read', async () => {
  timed.poll.mockRejectedValueOnce(refusal);
  timed.begin();
  await settle();
  expect(timed.logged.filter((line) => !line.includes('polling'))).toEqual([
    'warn position refused',
    'warn another history; reading the state',
  ]);
});

it('the log tells an interruption from a network that is gone, and says when the events are back', async () => {
  timed.poll.mockRejectedValueOnce(broken('getEvents')).mockResolvedValueOnce([joined(4)]);
  timed.begin();
  await vi.advanceTimersByTimeAsync(300);
  page.setOnline(false);
  timed.nudge();
  await settle();
  expect(timed.logged.filter((line) => !line.includes('polling'))).toEqual([
    'warn interrupted',
    'info connected again',
    'warn offline',
  ]);
});

it('the log says that an idle connection was lost', async () => {
  timed.poll.mockImplementationOnce(async () => {
    await held(1_000);
    throw broken('getEvents');
  });
  timed.begin();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(timed.logged).toContain('debug idle connection lost');
});

it('the log says that a quiet feed compares its version', async () => {
  timed.poll.mockImplementation(() => held(10_000));
  timed.begin();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(timed.logged.filter((line) => !line.includes('polling'))).toEqual([
    'debug comparing; reading the state',
  ]);
});
