import { ForbiddenError, InvalidRequestError, NotFoundError } from '@parley-rtc/client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken } from '../../../testing/src/server/fake-server.ts';
import { settle } from '../testing/settle.ts';
import { held, joined, provideTimedFeed, type TimedFeed } from '../testing/timed-feed.ts';

let page: FakePage;
let timed: TimedFeed;

provideTimedFeed((fakes) => {
  ({ page, timed } = fakes);
});

/** A poll that an event ends at that time. */
const eventAfter = (ms: number, version: number) => async () => {
  await held(ms);
  return [joined(version)];
};
const refusal = new InvalidRequestError({ operation: 'getEvents', status: 400 });

describe('a poll', () => {
  it('asks for what follows the version that it knows, and again when it ends', async () => {
    timed.poll.mockImplementationOnce(eventAfter(400, 5));
    timed.begin();
    await vi.advanceTimersByTimeAsync(400);
    expect(timed.state.version).toBe(6);
    expect(timed.asked).toEqual(['0 poll 5 e5', '400 poll 6 e6']);
  });

  it('of a state without a version asks for everything', async () => {
    timed.state = { ...timed.state, version: -1 };
    timed.begin();
    await settle();
    expect(timed.poll.mock.calls[0]?.[0]).toEqual({});
  });

  it.each([
    [999, 300],
    [1_000, 0],
  ])('that ends after %d ms without news is repeated after %d ms', async (ms, pauseMs) => {
    timed.poll.mockImplementationOnce(() => held(ms));
    timed.begin();
    await vi.advanceTimersByTimeAsync(ms + pauseMs);
    expect(timed.asked).toEqual(['0 poll 5 e5', `${ms + pauseMs} poll 5 e5`]);
  });

  it('that brings news without waiting is repeated without a pause', async () => {
    timed.poll.mockResolvedValueOnce([joined(5)]).mockResolvedValueOnce([joined(6)]);
    timed.begin();
    await settle();
    expect(timed.asked).toEqual(['0 poll 5 e5', '0 poll 6 e6', '0 poll 7 e7']);
  });
});

describe('a feed after a failure', () => {
  beforeEach(() => {
    timed.poll.mockRejectedValueOnce(broken('getEvents')).mockRejectedValueOnce(broken('getEvents'));
  });

  it('asks after growing pauses for an event that it knows, which shows that the server is back', async () => {
    timed.poll.mockResolvedValueOnce([joined(4)]);
    timed.begin();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(timed.asked).toEqual([
      '0 poll 5 e5',
      '300 poll 4 undefined',
      '900 poll 4 undefined',
      '900 poll 5 e5',
    ]);
    expect(timed.heard).toEqual(['0 reconnecting', '900 connected']);
  });

  it('reads the state of a server that does not identify versions', async () => {
    timed.state = { ...timed.state, versionId: undefined };
    timed.readSnapshot.mockRejectedValueOnce(broken('getConference'));
    timed.begin();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(timed.asked.slice(0, 3)).toEqual(['0 poll 5 undefined', '300 snapshot', '900 snapshot']);
  });

  it('never asks for a version below 0', async () => {
    timed.state = { ...timed.state, version: 0 };
    timed.begin();
    await vi.advanceTimersByTimeAsync(300);
    expect(timed.asked.at(-1)).toBe('300 poll 0 e5');
  });

  it('asks immediately when it is nudged, and pauses as after the first failure', async () => {
    timed.begin();
    await vi.advanceTimersByTimeAsync(100);
    timed.poll.mockRejectedValueOnce(broken('getEvents'));
    timed.nudge();
    await settle();
    timed.nudge();
    await settle();
    await vi.advanceTimersByTimeAsync(300);
    expect(timed.asked.map((line) => line.split(' ')[0])).toEqual(['0', '100', '100', '400']);
  });

  it('asks nothing once it is stopped', async () => {
    timed.begin();
    await settle();
    timed.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(timed.asked).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an idle poll that breaks', () => {
  it('is not announced if the next answers within 1.5 s', async () => {
    timed.poll.mockImplementationOnce(async () => {
      await held(1_000);
      throw broken('getEvents');
    });
    timed.poll.mockImplementationOnce(() => held(1_499));
    timed.begin();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(timed.asked.slice(0, 2)).toEqual(['0 poll 5 e5', '1000 poll 4 undefined']);
    expect(timed.heard).toEqual(['2499 connected']);
  });

  it('is announced after 1.5 s without an answer', async () => {
    timed.poll.mockImplementationOnce(async () => {
      await held(1_000);
      throw broken('getEvents');
    });
    timed.begin();
    await vi.advanceTimersByTimeAsync(2_499);
    expect(timed.heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(timed.heard).toEqual(['2500 reconnecting']);
  });

  it('is announced immediately if it waited for less than a second', async () => {
    timed.poll.mockImplementationOnce(async () => {
      await held(999);
      throw broken('getEvents');
    });
    timed.begin();
    await vi.advanceTimersByTimeAsync(999);
    expect(timed.heard).toEqual(['999 reconnecting']);
  });

  it('is announced by nobody once the feed is stopped', async () => {
    timed.poll.mockImplementationOnce(async () => {
      await held(1_000);
      throw broken('getEvents');
    });
    timed.begin();
    await vi.advanceTimersByTimeAsync(1_100);
    timed.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(timed.heard).toEqual([]);
  });
});

describe('30 s without news', () => {
  it('make it compare its version with the state of the server', async () => {
    timed.poll.mockImplementation(() => held(10_000));
    timed.begin();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(timed.asked.filter((line) => line.includes('snapshot'))).toEqual([]);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(timed.asked.filter((line) => line.includes('snapshot'))).toEqual([
      '30000 snapshot',
      '60000 snapshot',
    ]);
  });

  it('in which the server was ahead make it ask from one version earlier, until that returns what it knows', async () => {
    timed.poll.mockImplementation(() => held(10_000));
    timed.readSnapshot.mockImplementationOnce(async () => ({ ...timed.state, version: 6, versionId: 'e6' }));
    timed.begin();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(timed.state.version).toBe(6);
    expect(timed.asked.at(-1)).toBe('30000 poll 5 undefined');
    timed.poll.mockResolvedValueOnce([joined(5)]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(timed.asked.slice(-2)).toEqual(['40000 poll 5 undefined', '40000 poll 6 e6']);
  });
});

describe('a position that the server refuses', () => {
  it('makes it read the state, which counts even if it is older', async () => {
    timed.poll.mockRejectedValueOnce(refusal);
    timed.readSnapshot.mockImplementationOnce(async () => ({ ...timed.state, version: 2, versionId: 'e2' }));
    timed.begin();
    await settle();
    expect(timed.asked).toEqual(['0 poll 5 e5', '0 snapshot', '0 poll 2 e2']);
    expect(timed.heard).toEqual([]);
  });

  it('is reported when it is refused again, and forgotten once one is accepted', async () => {
    timed.poll.mockRejectedValueOnce(refusal).mockRejectedValueOnce(refusal);
    timed.begin();
    await vi.advanceTimersByTimeAsync(300);
    expect(timed.heard).toEqual(['300 reconnecting', '300 ERR_INVALID_REQUEST']);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(timed.heard.at(-1)).toMatch(/connected$/);
    timed.poll.mockRejectedValueOnce(refusal);
    timed.heard = [];
    await vi.advanceTimersByTimeAsync(20_000);
    expect(timed.heard.filter((line) => line.includes('ERR'))).toEqual([]);
  });
});

describe('a state that is older than ours', () => {
  beforeEach(() => {
    timed.poll.mockResolvedValueOnce([joined(5), joined(9)]);
  });

  it('counts only when it is read again a second later', async () => {
    timed.readSnapshot.mockImplementation(async () => ({ ...timed.state, version: 5, versionId: 'e5' }));
    timed.begin();
    await vi.advanceTimersByTimeAsync(1_299);
    expect(timed.asked).toEqual(['0 poll 5 e5', '0 snapshot']);
    expect(timed.state.version).toBe(6);
    await vi.advanceTimersByTimeAsync(1);
    expect(timed.asked.slice(2)).toEqual(['1300 snapshot', '1300 poll 5 e5']);
    expect(timed.state.version).toBe(5);
  });

  it('counts immediately when it is of another history', async () => {
    timed.readSnapshot.mockImplementation(async () => ({ ...timed.state, version: 5, versionId: 'other' }));
    timed.begin();
    await settle();
    expect(timed.asked).toEqual(['0 poll 5 e5', '0 snapshot', '0 poll 5 other']);
  });
});

it('is over when the server does not know the conference', async () => {
  timed.poll.mockRejectedValueOnce(new NotFoundError({ operation: 'getEvents', status: 404 }));
  timed.begin();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(timed.asked).toHaveLength(1);
  expect(timed.onGone).toHaveBeenCalledOnce();
  expect(timed.heard).toEqual([]);
});

it('reports what waiting does not solve, but not what it may solve', async () => {
  timed.poll.mockRejectedValueOnce(broken('getEvents'));
  timed.poll.mockRejectedValueOnce(new ForbiddenError({ operation: 'getEvents', status: 403 }));
  timed.begin();
  await vi.advanceTimersByTimeAsync(300);
  expect(timed.heard).toEqual(['0 reconnecting', '300 ERR_FORBIDDEN']);
});

it('asks every ten seconds while the browser says that it is offline', async () => {
  page.setOnline(false);
  timed.poll.mockRejectedValue(broken('getEvents'));
  timed.begin();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(timed.asked.length).toBeGreaterThan(1);
  const timesMs = timed.asked.map((line) => Number(line.split(' ')[0]));
  for (const [index, timeMs] of timesMs.slice(2).entries()) {
    expect(timeMs - (timesMs[index + 1] ?? 0)).toBeGreaterThanOrEqual(10_000);
  }
});

it('resumes from a newer state, and keeps its own when an older one may be of a replica', async () => {
  timed.begin();
  const newer = { ...timed.state, version: 7, versionId: 'e7' };
  expect(timed.resume(newer)).toBe(newer);
  timed.state = newer;
  await settle();
  expect(timed.asked.at(-1)).toBe('0 poll 7 e7');
  expect(timed.resume({ ...timed.state, version: 6, versionId: 'e7' })).toBe(timed.state);
});
