import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MediaConnection } from '../media/media-connection.ts';
import { watchSpeakers } from './watch-speakers.ts';

let connections: MediaConnection[];
let muted: string[];
let levels: Readonly<Record<string, number>>[];
let speaking: string[];
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  connections = [];
  muted = [];
  levels = [];
  speaking = [];
  stop = watchSpeakers({
    connections: () => connections,
    isMuted: (streamId) => muted.includes(streamId),
    onLevels: (now) => void levels.push(now),
    onChanged: (speakers) => void speaking.push(speakers.map(({ streamId }) => streamId).join(' ')),
  });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

interface Sound {
  /** Of the statistics. */
  audioLevel?: number;
  /** Of the packets' headers. */
  headers?: readonly { readonly audioLevel?: number; readonly timestamp: number }[];
}

/** A connection with a sound that a test may change. */
function hear(streamId: string, direction: 'publish' | 'view', sound: Sound): void {
  const type = direction === 'publish' ? 'media-source' : 'inbound-rtp';
  const end = {
    track: { kind: 'audio' },
    getStats: async () => new Map([['a', { type, audioLevel: sound.audioLevel }]]),
    ...(direction === 'view' && { getSynchronizationSources: () => sound.headers ?? [] }),
  };
  const peer = { connectionState: 'connected', getSenders: () => [end], getReceivers: () => [end] };
  connections.push({ streamId, direction, peer: peer as unknown as RTCPeerConnection });
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('levels of all that has sound are told ten times a second, when they have changed', async () => {
  const mine: Sound = { audioLevel: 0.01 };
  hear('mine', 'publish', mine);
  hear('theirs', 'view', { audioLevel: 0.5 });
  hear('silent video', 'view', {});
  await pass(100);
  expect(levels).toEqual([{ mine: 0.01, theirs: 0.5 }]);
  await pass(500);
  expect(levels).toHaveLength(1);
  mine.audioLevel = 0.02;
  await pass(100);
  expect(levels.slice(1)).toEqual([{ mine: 0.02, theirs: 0.5 }]);
});

test('what is muted has the level 0, whatever still arrives', async () => {
  hear('theirs', 'view', { audioLevel: 0.5 });
  muted = ['theirs'];
  await pass(100);
  expect(levels).toEqual([{ theirs: 0 }]);
  expect(speaking).toEqual([]);
});

test('an element that is muted hides nothing: the headers of the last second count too', async () => {
  const now = performance.timeOrigin + performance.now();
  hear('fresh', 'view', {
    audioLevel: 0,
    headers: [{ audioLevel: 0.25, timestamp: now }, { timestamp: now }],
  });
  hear('stale', 'view', { audioLevel: 0, headers: [{ audioLevel: 0.25, timestamp: now - 5_000 }] });
  await pass(100);
  expect(levels).toEqual([{ fresh: 0.25, stale: 0 }]);
});

test('who speaks is told when it changes, and no more once the connection is gone', async () => {
  hear('loud', 'view', { audioLevel: 0.5 });
  hear('quiet', 'view', { audioLevel: 0.001 });
  await pass(1_000);
  expect(speaking.at(-1)).toBe('loud');
  connections = [];
  await pass(100);
  expect(speaking.at(-1)).toBe('');
  expect(levels.at(-1)).toEqual({});
});

test('what is not connected, or refuses, keeps nothing else back', async () => {
  hear('broken', 'view', {
    get audioLevel(): number {
      throw new Error('closed');
    },
  });
  hear('theirs', 'view', { audioLevel: 0.5 });
  connections.push({
    streamId: 'coming',
    direction: 'view',
    peer: { connectionState: 'connecting' } as RTCPeerConnection,
  });
  await pass(100);
  expect(levels).toEqual([{ theirs: 0.5 }]);
});

test('nothing is heard once the watch is over', async () => {
  hear('theirs', 'view', { audioLevel: 0.5 });
  stop();
  await pass(1_000);
  expect([levels, speaking]).toEqual([[], []]);
  expect(vi.getTimerCount()).toBe(0);
});
