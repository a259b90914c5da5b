import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MediaConnection } from '../media/media-connection.ts';
import { recordedStats } from '../testing/recorded-stats.ts';
import type { StatsReport } from './stream-stats.ts';
import { type QualityVerbs, watchQuality } from './watch-quality.ts';

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

/** A connection that tells one report after the other, the last again and again. */
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
  test('is measured each 2 s from its second report on, and what changed is marked', async () => {
    const [before, after] = recordedStats('view');
    watch([connection('view', [before, after, before, after])]);
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual([]);
    expect(await next()).toEqual(['viewed 2 excellent changed']);
    await next();
    expect(await next()).not.toContain('changed');
  });

  test('that is not connected, or whose connection refuses, keeps no other back', async () => {
    watch([
      connection('publish', undefined, { connectionState: 'connecting' }),
      connection('publish', undefined, { getStats: () => Promise.reject(new Error('closed')) }),
      connection('view'),
    ]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['viewed 2 excellent changed']);
  });

  test('is not measured once the watch is over, not even by what was under way', async () => {
    watch([connection('view')]);
    await vi.advanceTimersByTimeAsync(1_999);
    vi.advanceTimersByTime(1);
    stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('that nothing comes', () => {
  test('is a loss when it should', async () => {
    watch([connection('view', quiet('view'))]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['viewed 2 lost no-packets changed']);
  });

  test.each([
    ['hidden', 'viewed 2 excellent element-hidden'],
    ['chosen', 'viewed 2 excellent'],
  ] as const)('is none of a video that is paused (%s), nor while it comes back', async (pause, line) => {
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

  test('is none of what its publisher has muted', async () => {
    watch([connection('view', quiet('view'))], { mutedKinds: () => new Set(['audio', 'video']) });
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['viewed 2 excellent changed']);
  });
});

describe('what statistics do not know', () => {
  test('a browser that waits for a click is a cause for views only', async () => {
    watch([connection('view'), connection('publish')], { isBlocked: () => true });
    await vi.advanceTimersByTimeAsync(0);
    expect((await next()).toSorted()).toEqual([
      'published 2 excellent changed',
      'viewed 2 excellent autoplay-blocked changed',
    ]);
  });

  test('a device that the system mutes is a cause for what we send', async () => {
    watch([connection('publish', undefined, { getSenders: mutedSenders })]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['published 2 excellent device-muted changed']);
  });
});
