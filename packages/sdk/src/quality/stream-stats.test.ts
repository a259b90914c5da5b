import { expect, test } from 'vitest';
import { recordedStats } from '../testing/recorded-stats.ts';
import { statsBetween } from './stream-stats.ts';

const video = (stats: ReturnType<typeof statsBetween>) => stats.media.find(({ kind }) => kind === 'video');

test('a publisher in Chromium: what it encodes and sends, and what the server reports back', () => {
  const stats = statsBetween(...recordedStats('publish'));
  expect(stats.durationMs).toBeGreaterThan(1_900);
  expect(stats.roundTripMs).toBeCloseTo(7.675, 2);
  expect(stats).toMatchObject({ localCandidateType: 'host', remoteCandidateType: 'host' });
  expect(stats.availableOutgoingBitrateBps).toBe(880_072);
  expect(stats.media.map(({ kind, codec }) => `${kind} ${codec}`)).toEqual([
    'audio audio/opus',
    'video video/VP8',
  ]);
  expect(video(stats)).toMatchObject({
    width: 640,
    height: 480,
    framesPerSecond: 20,
    lossRatio: 0,
    keyFramesEver: 1,
    qualityLimitationReason: 'none',
  });
  expect(video(stats)?.frames).toBeGreaterThan(30);
  expect(video(stats)?.bitrateBps).toBeGreaterThan(100_000);
  expect(video(stats)?.layers).toMatchObject([{ isActive: true, width: 640 }]);
  expect(stats.media[0]?.audioLevel).toBeCloseTo(1, 1);
});

test('a viewer in Chromium: what it receives and decodes', () => {
  const stats = statsBetween(...recordedStats('view'));
  expect(stats.roundTripMs).toBe(8);
  expect(video(stats)).toMatchObject({ codec: 'video/VP8', packetsLost: 0, lossRatio: 0, jitterMs: 4 });
  expect(video(stats)?.frames).toBeGreaterThan(30);
  expect(video(stats)?.jitterBufferDelayMs).toBeGreaterThan(0);
  expect(video(stats)?.layers).toEqual([]);
});

test('losses count against what should have come, and never below zero when repairs come late', () => {
  const lossy = statsBetween(
    ...recordedStats('view', (entry) => {
      if (entry.type === 'inbound-rtp') entry['packetsLost'] = 50;
    }),
  );
  const { packets = 0, lossRatio } = video(lossy) ?? {};
  expect(lossRatio).toBeCloseTo(50 / (packets + 50), 6);
  const repaired = statsBetween(
    ...recordedStats('view', (entry) => {
      if (entry.type === 'inbound-rtp') entry['packetsLost'] = -3;
    }),
  );
  expect(video(repaired)).toMatchObject({ packetsLost: 0, lossRatio: 0 });
});

test('without an earlier report, or with entries that are nonsense, nothing is made up', () => {
  const [, after] = recordedStats('view');
  expect(video(statsBetween(undefined, after))).toMatchObject({ bitrateBps: 0, keyFramesEver: 1 });
  const odd = new Map<string, unknown>([
    ['a', null],
    ['b', 'text'],
    ['c', { id: 'c', type: 'inbound-rtp', kind: 'video', packetsReceived: 'many', jitter: Number.NaN }],
  ]);
  expect(statsBetween(odd, odd)).toMatchObject({
    durationMs: 0,
    media: [{ packets: 0, bitrateBps: 0, jitterMs: undefined }],
  });
});
