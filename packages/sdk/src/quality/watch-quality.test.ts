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

const mutedSenders = (kind: string) => [{ track: null }, { track: { kind, muted: true } }] as RTCRtpSender[];
const quiet = (direction: 'publish' | 'view'): readonly StatsReport[] => [recordedStats(direction)[0]];

const jitteryReport = (round: number, audioJitter: number, videoLost: number): StatsReport =>
  new Map(
    [
      { id: 'a', type: 'inbound-rtp', kind: 'audio', packetsReceived: 100 * round, jitter: audioJitter },
      {
        id: 'v',
        type: 'inbound-rtp',
        kind: 'video',
        packetsReceived: 1_000 * round,
        packetsLost: videoLost,
        framesDecoded: 50 * round,
      },
    ].map((entry) => [entry.id, { ...entry, timestamp: 2_000 * round }]),
  );

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

  it.each([
    ['new', 0],
    ['connecting', 0],
    ['connected', 1],
    ['disconnected', 1],
    ['failed', 0],
    ['closed', 0],
  ] as const)('whose connection is %s is measured %d times', async (connectionState, times) => {
    watch([connection('view', undefined, { connectionState })]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toHaveLength(times);
  });

  it('that we publish is lost while its connection is interrupted, although the browser sends', async () => {
    const [before, after] = recordedStats('publish');
    const publishing = connection('publish', [before, after, before, after, before, after, before]);
    watch([publishing], { mutedKinds: () => new Set(['audio', 'video']) });
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['published 2 excellent changed']);
    const moveTo = (connectionState: RTCPeerConnectionState) =>
      Object.assign(publishing.peer, { connectionState });
    moveTo('disconnected');
    expect(await next()).toEqual(['published 2 lost no-packets changed']);
    moveTo('connecting');
    expect(await next()).toEqual(['published 2 lost no-packets']);
    moveTo('connected');
    expect(await next()).toEqual(['published 2 good changed']);
    moveTo('closed');
    expect(await next()).toEqual([]);
  });

  it('marks a change of its level, or of its causes, but not of their order', async () => {
    watch([
      connection('view', [
        jitteryReport(0, 0, 0),
        jitteryReport(1, 0.1, 10),
        jitteryReport(2, 0.1, 10 + 20),
        jitteryReport(3, 0.3, 10 + 20 + 7),
        jitteryReport(4, 0.3, 10 + 20 + 7),
      ]),
    ]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['viewed 2 excellent downlink-loss jitter changed']);
    expect(await next()).toEqual(['viewed 2 excellent downlink-loss jitter']);
    expect(await next()).toEqual(['viewed 2 good jitter downlink-loss changed']);
    expect(await next()).toEqual(['viewed 2 good jitter changed']);
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

  it.each(['audio', 'video'])(
    'a device (%s) that the system mutes is a cause for publishers',
    async (kind) => {
      const getSenders = () => mutedSenders(kind);
      const nothingOf = (reports: readonly StatsReport[]) =>
        reports.map(
          (report) => new Map([...report].filter(([, entry]) => (entry as { kind?: string }).kind === kind)),
        );
      watch([
        connection('publish', nothingOf(quiet('publish')), { getSenders }),
        connection('view', nothingOf(quiet('view')), { getSenders }),
      ]);
      await vi.advanceTimersByTimeAsync(0);
      expect((await next()).toSorted()).toEqual([
        'published 1 excellent device-muted changed',
        'viewed 1 lost no-packets changed',
      ]);
    },
  );

  it('whether a video is visible matters for views only', async () => {
    watch([connection('publish', quiet('publish'))], { pauseOf: async () => 'hidden' });
    await vi.advanceTimersByTimeAsync(0);
    expect(await next()).toEqual(['published 2 poor no-packets changed']);
  });
});
