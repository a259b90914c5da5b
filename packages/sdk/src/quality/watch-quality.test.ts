import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MediaConnection } from '../connection/media-connection.ts';
import { recordedFirefoxSenders, recordedFirefoxStats, recordedStats } from '../testing/recorded-stats.ts';
import type { StatsReport } from './stream-stats.ts';
import { watchQuality, type QualityVerbs } from './watch-quality.ts';

let stop: () => void;
/** One short line for each measurement. */
let heard: string[];

beforeEach(() => {
  vi.useFakeTimers();
  heard = [];
  stop = () => {};
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

/** A connection that returns one report after another, then repeats the last. */
function connection(
  direction: 'publish' | 'view',
  reports: readonly StatsReport[] = recordedStats(direction),
  more: Partial<RTCPeerConnection> = {},
): MediaConnection {
  const left = [...reports];
  const peer = {
    connectionState: 'connected',
    getStats: async () => (left.length > 1 ? left.shift() : left[0]),
    getSenders: () => [],
    ...more,
  };
  return { streamId: `${direction}ed`, direction, peer: peer as unknown as RTCPeerConnection };
}

function watch(connections: readonly MediaConnection[], verbs: Partial<QualityVerbs> = {}): void {
  stop = watchQuality({
    connections: () => connections,
    mutedKinds: () => new Set(),
    pauseOf: async () => undefined,
    isBlocked: () => false,
    onMeasured: ({ streamId }, { stats, quality, isChanged }) => {
      const causes = quality.causes.map(({ code }) => code);
      heard.push(
        [streamId, stats.media.length, quality.level, ...causes, ...(isChanged ? ['changed'] : [])].join(' '),
      );
    },
    ...verbs,
  });
}

/** The next measurement's line. */
async function next(): Promise<string[]> {
  heard.length = 0;
  await vi.advanceTimersByTimeAsync(2_000);
  return heard;
}

const mutedSenders = () => [{ track: { kind: 'audio', muted: true } }] as RTCRtpSender[];
const quiet = (direction: 'publish' | 'view'): readonly StatsReport[] => [recordedStats(direction)[0]];

describe('a stream', () => {
  it('is measured every 2 s from its second report on, and marks changes', async () => {
    const [before, after] = recordedStats('view');
    watch([connection('view', [before, after, before, after])]);
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual([]);
    expect(await next()).toEqual(['viewed 2 excellent changed']);
    await next();
    expect(await next()).not.toContain('changed');
  });

  it('that is not connected, or whose statistics fail, does not affect other streams', async () => {
    watch([
      connection('publish', undefined, { connectionState: 'connecting' }),
      connection('publish', undefined, { getStats: () => Promise.reject(new Error('closed')) }),
      connection('view'),
    ]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['viewed 2 excellent changed']);
  });

  it('is not measured after the watch stops, even by a pending measurement', async () => {
    watch([connection('view')]);
    await vi.advanceTimersByTimeAsync(1_999);
    vi.advanceTimersByTime(1);
    stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('knows from the senders which layers are paused, in a browser whose statistics do not say', async () => {
  const senders = recordedFirefoxSenders();
  watch([connection('publish', recordedFirefoxStats('publish'), { getSenders: () => senders })], {
    onMeasured: (_connection, { stats }) => {
      heard.push(
        ...stats.media.flatMap(({ layers }) => layers).map(({ rid, isActive }) => `${rid} ${isActive}`),
      );
    },
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(await next()).toEqual(['q true', 'h true', 'f false']);
});

describe('missing media', () => {
  it('counts as lost when media is expected', async () => {
    watch([connection('view', quiet('view'))]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['viewed 2 lost no-packets changed']);
  });

  it.each([
    ['hidden', 'viewed 2 excellent element-hidden'],
    ['chosen', 'viewed 2 excellent'],
  ] as const)('does not count for a video that is paused (%s), or that is resuming', async (pause, line) => {
    let present: 'hidden' | 'chosen' | undefined = pause;
    watch([connection('view', quiet('view'))], {
      mutedKinds: () => new Set(['audio']),
      pauseOf: async () => present,
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual([`${line} changed`]);
    present = undefined;
    expect(await next()).toEqual([line]);
    expect(await next()).toEqual(['viewed 2 poor no-packets changed']);
  });

  it('does not count for kinds that the publisher muted', async () => {
    watch([connection('view', quiet('view'))], { mutedKinds: () => new Set(['audio', 'video']) });
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['viewed 2 excellent changed']);
  });
});

describe('beyond the statistics', () => {
  it('blocked playback is a cause for views only', async () => {
    watch([connection('view'), connection('publish')], { isBlocked: () => true });
    await vi.advanceTimersByTimeAsync(0);
    expect((await next()).toSorted()).toEqual([
      'published 2 excellent changed',
      'viewed 2 excellent autoplay-blocked changed',
    ]);
  });

  it('a device that the system mutes is a cause for published streams', async () => {
    watch([connection('publish', undefined, { getSenders: mutedSenders })]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['published 2 excellent device-muted changed']);
  });
});
