import { expect, test } from 'vitest';
import { recordedStats } from '../testing/recorded-stats.ts';
import { factsBetween } from './stream-facts.ts';

const video = (facts: ReturnType<typeof factsBetween>) => facts.media.find(({ kind }) => kind === 'video');

test('a publisher in Chromium: what it encodes and sends, and what the server reports back', () => {
  const facts = factsBetween(...recordedStats('publish'));
  expect(facts.durationMs).toBeGreaterThan(1_900);
  expect(facts.roundTripMs).toBeCloseTo(7.675, 2);
  expect(facts).toMatchObject({ localCandidateType: 'host', remoteCandidateType: 'host' });
  expect(facts.availableOutgoingBitrateBps).toBe(880_072);
  expect(facts.media.map(({ kind, codec }) => `${kind} ${codec}`)).toEqual([
    'audio audio/opus',
    'video video/VP8',
  ]);
  expect(video(facts)).toMatchObject({
    width: 640,
    height: 480,
    framesPerSecond: 20,
    lossRatio: 0,
    keyFramesEver: 1,
    qualityLimitationReason: 'none',
  });
  expect(video(facts)?.frames).toBeGreaterThan(30);
  expect(video(facts)?.bitrateBps).toBeGreaterThan(100_000);
  expect(video(facts)?.layers).toMatchObject([{ isActive: true, width: 640 }]);
  expect(facts.media[0]?.audioLevel).toBeCloseTo(1, 1);
});

test('a viewer in Chromium: what it receives and decodes', () => {
  const facts = factsBetween(...recordedStats('view'));
  expect(facts.roundTripMs).toBe(8);
  expect(video(facts)).toMatchObject({ codec: 'video/VP8', packetsLost: 0, lossRatio: 0, jitterMs: 4 });
  expect(video(facts)?.frames).toBeGreaterThan(30);
  expect(video(facts)?.jitterBufferDelayMs).toBeGreaterThan(0);
  expect(video(facts)?.layers).toEqual([]);
});

test('losses count against what should have come, and never below zero when repairs come late', () => {
  const lossy = factsBetween(
    ...recordedStats('view', (entry) => {
      if (entry.type === 'inbound-rtp') entry['packetsLost'] = 50;
    }),
  );
  const { packets = 0, lossRatio } = video(lossy) ?? {};
  expect(lossRatio).toBeCloseTo(50 / (packets + 50), 6);
  const repaired = factsBetween(
    ...recordedStats('view', (entry) => {
      if (entry.type === 'inbound-rtp') entry['packetsLost'] = -3;
    }),
  );
  expect(video(repaired)).toMatchObject({ packetsLost: 0, lossRatio: 0 });
});

test('without an earlier report, or with entries that are nonsense, nothing is made up', () => {
  const [, after] = recordedStats('view');
  expect(video(factsBetween(undefined, after))).toMatchObject({ bitrateBps: 0, keyFramesEver: 1 });
  const odd = new Map<string, unknown>([
    ['a', null],
    ['b', 'text'],
    ['c', { id: 'c', type: 'inbound-rtp', kind: 'video', packetsReceived: 'many', jitter: Number.NaN }],
  ]);
  expect(factsBetween(odd, odd)).toMatchObject({
    durationMs: 0,
    media: [{ packets: 0, bitrateBps: 0, jitterMs: undefined }],
  });
});
