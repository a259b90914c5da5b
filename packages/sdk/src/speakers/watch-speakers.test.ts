import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { MediaConnection } from '../connection/media-connection.ts';
import { OwnLevels } from './own-levels.ts';
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

interface AudioSource {
  /** From the statistics. */
  audioLevel?: number;
  /** From the packets' headers. */
  headers?: readonly { readonly audioLevel?: number; readonly timestamp: number }[];
}

/** Adds a connection whose audio levels a test may change. */
function addAudio(streamId: string, direction: 'publish' | 'view', audio: AudioSource): void {
  const type = direction === 'publish' ? 'media-source' : 'inbound-rtp';
  const end = {
    track: { kind: 'audio' },
    getStats: async () => new Map([['a', { type, audioLevel: audio.audioLevel }]]),
    ...(direction === 'view' && { getSynchronizationSources: () => audio.headers ?? [] }),
  };
  const peer = { connectionState: 'connected', getSenders: () => [end], getReceivers: () => [end] };
  connections.push({ streamId, direction, peer: peer as unknown as RTCPeerConnection });
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('reports the levels of all audio streams ten times a second, when they change', async () => {
  const mine: AudioSource = { audioLevel: 0.01 };
  addAudio('mine', 'publish', mine);
  addAudio('theirs', 'view', { audioLevel: 0.5 });
  addAudio('silent video', 'view', {});
  await pass(100);
  expect(levels).toEqual([{ mine: 0.01, theirs: 0.5 }]);
  await pass(500);
  expect(levels).toHaveLength(1);
  mine.audioLevel = 0.02;
  await pass(100);
  expect(levels.slice(1)).toEqual([{ mine: 0.02, theirs: 0.5 }]);
});

it('measures our own audio where the statistics contain no level, but not while it is muted', async () => {
  const levelOf = vi.spyOn(OwnLevels.prototype, 'levelOf').mockReturnValue(0.5);
  const forget = vi.spyOn(OwnLevels.prototype, 'forget');
  addAudio('mine', 'publish', {});
  addAudio('theirs', 'view', {});
  await pass(1_000);
  expect(levels).toEqual([{ mine: 0.5 }]);
  expect(speaking.at(-1)).toBe('mine');
  muted = ['mine'];
  levelOf.mockClear();
  await pass(100);
  expect(levels.at(-1)).toEqual({ mine: 0 });
  expect(levelOf).not.toHaveBeenCalled();
  expect(forget).toHaveBeenCalledWith('mine');
  vi.restoreAllMocks();
});

it('reports level 0 for a muted stream, whatever still arrives', async () => {
  addAudio('theirs', 'view', { audioLevel: 0.5 });
  muted = ['theirs'];
  await pass(100);
  expect(levels).toEqual([{ theirs: 0 }]);
  expect(speaking).toEqual([]);
});

it('reads the level of a muted element from the headers of the last second', async () => {
  const now = performance.timeOrigin + performance.now();
  addAudio('fresh', 'view', {
    audioLevel: 0,
    headers: [{ audioLevel: 0.25, timestamp: now }, { timestamp: now }],
  });
  // It is read 100 ms later.
  addAudio('recent', 'view', { audioLevel: 0, headers: [{ audioLevel: 0.25, timestamp: now - 899 }] });
  addAudio('stale', 'view', { audioLevel: 0, headers: [{ audioLevel: 0.25, timestamp: now - 900 }] });
  await pass(100);
  expect(levels).toEqual([{ fresh: 0.25, recent: 0.25, stale: 0 }]);
});

it('takes the loudest level that the statistics or the headers report', async () => {
  const timestamp = performance.timeOrigin + performance.now();
  addAudio('headers', 'view', {
    audioLevel: 0.25,
    headers: [
      { audioLevel: 0.125, timestamp },
      { audioLevel: 0.5, timestamp },
    ],
  });
  addAudio('statistics', 'view', { audioLevel: 0.75, headers: [{ audioLevel: 0.125, timestamp }] });
  await pass(100);
  expect(levels).toEqual([{ headers: 0.5, statistics: 0.75 }]);
});

it('reads only the audio of a stream, from its own statistics', async () => {
  const source = { type: 'media-source', audioLevel: 0.25 };
  const other = { type: 'remote-outbound-rtp', audioLevel: 0.75 };
  const video = {
    track: { kind: 'video' },
    getStats: async () => new Map([['v', { ...source, audioLevel: 0.5 }]]),
  };
  const audio = {
    track: { kind: 'audio' },
    getStats: async () => new Map(Object.entries({ source, other })),
  };
  const peer = {
    connectionState: 'connected',
    getSenders: () => [{ track: null }, video, audio],
    getReceivers: () => [],
  };
  connections.push({ streamId: 'mine', direction: 'publish', peer: peer as unknown as RTCPeerConnection });
  await pass(100);
  expect(levels).toEqual([{ mine: 0.25 }]);
});

it('stops measuring our own audio with its stream, or with the watch', async () => {
  const forget = vi.spyOn(OwnLevels.prototype, 'forget');
  const close = vi.spyOn(OwnLevels.prototype, 'close');
  addAudio('first', 'publish', { audioLevel: 0.5 });
  addAudio('second', 'publish', { audioLevel: 0.5 });
  await pass(100);
  connections = connections.slice(1);
  await pass(100);
  expect(forget.mock.calls).toEqual([['first']]);
  expect(close).not.toHaveBeenCalled();
  stop();
  expect(close).toHaveBeenCalledOnce();
  vi.restoreAllMocks();
});

it('reports the speakers when they change, and drops them with their connection', async () => {
  addAudio('loud', 'view', { audioLevel: 0.5 });
  addAudio('quiet', 'view', { audioLevel: 0.001 });
  await pass(1_000);
  expect(speaking.at(-1)).toBe('loud');
  connections = [];
  await pass(100);
  expect(speaking.at(-1)).toBe('');
  expect(levels.at(-1)).toEqual({});
});

it('is not affected by a connection that is not ready or fails', async () => {
  addAudio('broken', 'view', {
    get audioLevel(): number {
      throw new Error('closed');
    },
  });
  addAudio('theirs', 'view', { audioLevel: 0.5 });
  connections.push({
    streamId: 'coming',
    direction: 'view',
    peer: { connectionState: 'connecting' } as RTCPeerConnection,
  });
  await pass(100);
  expect(levels).toEqual([{ theirs: 0.5 }]);
});

it('reports nothing after the watch stops', async () => {
  addAudio('theirs', 'view', { audioLevel: 0.5 });
  stop();
  await pass(1_000);
  expect([levels, speaking]).toEqual([[], []]);
  expect(vi.getTimerCount()).toBe(0);
});

it('does not take a stream that is viewed again for the speaker that it was', async () => {
  addAudio('theirs', 'view', { audioLevel: 0.5 });
  await pass(500);
  expect(speaking.at(-1)).toBe('theirs');
  connections = [];
  await pass(200);
  addAudio('theirs', 'view', { audioLevel: 0 });
  await pass(200);
  expect(speaking.at(-1)).toBe('');
});
