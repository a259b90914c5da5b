import { describe, expect, it } from 'vitest';
import { levelOf, qualityOf, type QualityContext } from './quality-of.ts';
import type { LayerStats, MediaStats, StreamStats } from './stream-stats.ts';

type Direction = 'publish' | 'view';

/** Two seconds of flawless media, at the rate at which loss counts in full. */
const flawless = (kind: 'audio' | 'video', more: Partial<MediaStats> = {}): MediaStats => ({
  kind,
  codec: undefined,
  bitrateBps: 1_000_000,
  packets: kind === 'audio' ? 100 : 120,
  packetsLost: 0,
  lossRatio: 0,
  jitterMs: 0,
  nackCount: 0,
  pliCount: 0,
  frames: 60,
  keyFrames: 0,
  keyFramesEver: 1,
  framesPerSecond: 30,
  width: 640,
  height: 360,
  freezeCount: 0,
  jitterBufferDelayMs: undefined,
  qualityLimitationReason: undefined,
  qualityLimitationRatios: {},
  targetBitrateBps: undefined,
  audioLevel: undefined,
  layers: [],
  ...more,
});

const quality = (
  direction: Direction,
  media: readonly MediaStats[],
  more: Partial<StreamStats> = {},
  context: Partial<QualityContext> = {},
) =>
  qualityOf(
    {
      durationMs: 2_000,
      roundTripMs: 0,
      availableOutgoingBitrateBps: undefined,
      localCandidateType: undefined,
      remoteCandidateType: undefined,
      media,
      ...more,
    },
    {
      direction,
      muted: new Set(),
      mutedByDevice: new Set(),
      isHidden: false,
      isAutoplayBlocked: false,
      previous: undefined,
      ...context,
    },
  );

const codes = ({ causes }: ReturnType<typeof quality>): string[] => causes.map(({ code }) => code);
const flawlessQuality = { score: 100, level: 'excellent', causes: [] };

it('is full for flawless media, for none, and for measurements that the browser omits', () => {
  expect(quality('view', [flawless('audio'), flawless('video')])).toEqual(flawlessQuality);
  expect(quality('view', [])).toEqual(flawlessQuality);
  const silent = flawless('video', { lossRatio: undefined, jitterMs: undefined });
  expect(quality('publish', [silent], { roundTripMs: undefined })).toEqual(flawlessQuality);
});

it.each([
  [50, 100, 70],
  [100, 50, 60],
  [70, 70, 70],
])('moves from %d towards %d as far as %d', (previousScore, score, smoothed) => {
  const previous = { score: previousScore, level: levelOf(previousScore), causes: [] };
  const lossRatio = (100 - score) / 1_000;
  const { score: next } = quality('view', [flawless('video', { lossRatio })], {}, { previous });
  expect(next).toBeCloseTo(smoothed, 6);
});

const blamed = (roundTripMs: number | undefined, jitterMs: number | undefined) =>
  quality('view', [flawless('video', { jitterMs })], { roundTripMs }).causes;

describe('delay', () => {
  it.each([
    [40, 0, 0.5],
    [320, 0, 4],
    [322, 0, 4.1],
    [0, 80, 4],
    [0, 81, 4.2],
    [200, 40, 6],
    [800, 0, 28],
  ])('a round trip of %d ms with %d ms of jitter costs %d points', (roundTripMs, jitterMs, points) => {
    const { score } = quality('view', [flawless('video', { jitterMs })], { roundTripMs });
    expect(score).toBeCloseTo(100 - points, 6);
  });

  it('is blamed on the jitter when that is the larger part of it, with all measurements', () => {
    expect(blamed(400, 100)).toMatchObject([
      { code: 'round-trip', evidence: { roundTripMs: 400, jitterMs: 100, delayMs: 400 } },
    ]);
    expect(blamed(400, 101)).toMatchObject([{ code: 'jitter' }]);
    expect(blamed(800, undefined)).toMatchObject([
      { code: 'round-trip', evidence: { roundTripMs: 800, jitterMs: 0, delayMs: 400 } },
    ]);
    expect(blamed(undefined, 200)).toMatchObject([
      { code: 'jitter', evidence: { roundTripMs: 0, jitterMs: 200, delayMs: 400 } },
    ]);
  });
});

const lossOf = (kind: 'audio' | 'video', packets: number, packetsLost: number, durationMs = 2_000) =>
  quality('view', [flawless(kind, { packets, packetsLost, lossRatio: 0.05 })], { durationMs }).score;

const lossy = (lossRatio: number) => quality('view', [flawless('video', { lossRatio, packetsLost: 7 })]);

describe('packet loss', () => {
  it('costs ten points per percent of video, and 5.3 of audio', () => {
    expect(lossOf('video', 114, 6)).toBeCloseTo(50, 6);
    expect(lossOf('audio', 95, 5)).toBeCloseTo(73.5, 6);
  });

  it('counts for less when few packets are sent, and never for more than in full', () => {
    expect(lossOf('video', 27, 3)).toBeCloseTo(75, 6);
    expect(lossOf('audio', 22, 3)).toBeCloseTo(100 - 26.5 / 2, 6);
    expect(lossOf('video', 480, 20)).toBeCloseTo(50, 6);
    expect(lossOf('video', 1, 0, 0)).toBeCloseTo(50, 6);
  });

  it('never costs more than 70 points while packets arrive', () => {
    expect(quality('view', [flawless('video', { lossRatio: 0.5 })]).score).toBe(30);
  });

  it('is a cause from five points on', () => {
    expect(lossy(0.0049).causes).toEqual([]);
    expect(lossy(0.005).causes).toMatchObject([
      { code: 'downlink-loss', evidence: { lossRatio: 0.005, packetsLost: 7 } },
    ]);
  });

  it.each([
    [0.05, 0.01, 0.05],
    [0.01, 0.05, 0.05],
  ])('is listed once, for the kind that suffers most (audio %d, video %d)', (audio, video, listed) => {
    const { causes } = quality('view', [
      flawless('audio', { lossRatio: audio }),
      flawless('video', { lossRatio: video }),
    ]);
    expect(causes).toMatchObject([{ code: 'downlink-loss', evidence: { lossRatio: listed } }]);
  });
});

const lossAndDelay = (lossRatio: number, context: Partial<QualityContext> = {}) =>
  codes(quality('view', [flawless('video', { lossRatio })], { roundTripMs: 800 }, context));

it('lists the strongest cause first, and a blocked playback before all', () => {
  expect(lossAndDelay(0.05)).toEqual(['downlink-loss', 'round-trip']);
  expect(lossAndDelay(0.01)).toEqual(['round-trip', 'downlink-loss']);
  expect(lossAndDelay(0.01, { isAutoplayBlocked: true })[0]).toBe('autoplay-blocked');
});

const none = (kind: 'audio' | 'video', lossRatio: number | undefined = 0) =>
  flawless(kind, { packets: 0, frames: 0, lossRatio });

const hidden = (direction: Direction, kind: 'audio' | 'video') =>
  quality(direction, [none(kind)], {}, { isHidden: true });

describe('missing packets', () => {
  it('leave 40 points while the server still reports, and 20 otherwise', () => {
    const evidence = { packets: 0, durationMs: 2_000 };
    expect(quality('publish', [none('video', 0)])).toMatchObject({
      score: 40,
      causes: [{ code: 'no-packets', evidence }],
    });
    expect(quality('publish', [flawless('video', { packets: 0, lossRatio: undefined })]).score).toBe(20);
    expect(quality('view', [none('video', 0)]).score).toBe(20);
  });

  it('rank among other causes by the points that they cost', () => {
    const lossy = flawless('video', { lossRatio: 0.07 });
    expect(codes(quality('publish', [none('audio', 0), lossy]))).toEqual(['uplink-loss', 'no-packets']);
    expect(codes(quality('view', [none('audio', 0), lossy]))).toEqual(['no-packets', 'downlink-loss']);
  });

  it('are excused for a viewed video that is out of sight, and for nothing else', () => {
    expect(hidden('view', 'video')).toMatchObject({ score: 100, causes: [{ code: 'element-hidden' }] });
    expect(codes(hidden('view', 'audio'))).toEqual(['no-packets']);
    expect(codes(hidden('publish', 'video'))).toEqual(['no-packets']);
  });

  it('are excused for the kind whose device the system muted', () => {
    const mutedByDevice = new Set(['audio'] as const);
    expect(quality('publish', [none('audio')], {}, { mutedByDevice })).toMatchObject({
      score: 100,
      causes: [{ code: 'device-muted', evidence: {} }],
    });
    expect(codes(quality('publish', [none('video')], {}, { mutedByDevice }))).toEqual(['no-packets']);
  });
});

describe('a viewed video of which no frame is decoded', () => {
  const undecoded = { frames: 0, packets: 90, pliCount: 3 };

  it('leaves 30 points, and says what has arrived', () => {
    const evidence = { packets: 90, framesDecoded: 0, pliCount: 3 };
    expect(quality('view', [flawless('video', undecoded)])).toMatchObject({
      score: 30,
      causes: [{ code: 'decoder-stuck', evidence }],
    });
    expect(quality('view', [flawless('video', { ...undecoded, keyFramesEver: 0 })])).toMatchObject({
      causes: [{ code: 'no-key-frame', evidence }],
    });
  });

  it('ranks among other causes by the 70 points that it costs', () => {
    const audio = (lossRatio: number) => flawless('audio', { lossRatio });
    const stuck = flawless('video', undecoded);
    expect(codes(quality('view', [audio(0.15), stuck]))).toEqual(['downlink-loss', 'decoder-stuck']);
    expect(codes(quality('view', [audio(0.1), stuck]))).toEqual(['decoder-stuck', 'downlink-loss']);
  });

  it('differs from one of which a single frame is, from published video, and from audio', () => {
    expect(quality('view', [flawless('video', { frames: 1 })])).toEqual(flawlessQuality);
    expect(quality('publish', [flawless('video', { frames: 0 })])).toEqual(flawlessQuality);
    expect(quality('view', [flawless('audio', { frames: 0 })])).toEqual(flawlessQuality);
  });
});

const starved = (more: Partial<MediaStats> = {}) => ({
  bitrateBps: 500_000,
  targetBitrateBps: 1_000_000,
  qualityLimitationRatios: { bandwidth: 0.5 },
  ...more,
});

describe('a bitrate below its target', () => {
  it('costs points by its ratio while the network limits a published video', () => {
    const limited = quality('publish', [flawless('video', starved())]);
    expect(limited.score).toBeCloseTo(86.137, 3);
    expect(limited.causes).toMatchObject([
      { code: 'low-bitrate', evidence: { bitrateBps: 500_000, targetBitrateBps: 1_000_000 } },
      { code: 'sender-bandwidth-limited', evidence: { bandwidthLimitedRatio: 0.5 } },
    ]);
  });

  it.each<[string, Direction, MediaStats]>([
    [
      'the network limits less than half of the time',
      'publish',
      flawless('video', starved({ qualityLimitationRatios: { bandwidth: 0.49 } })),
    ],
    ['nothing limits it', 'publish', flawless('video', starved({ qualityLimitationRatios: {} }))],
    ['the stream is viewed', 'view', flawless('video', starved())],
    ['it is audio', 'publish', flawless('audio', starved())],
    ['the bitrate is unknown', 'publish', flawless('video', starved({ bitrateBps: 0 }))],
    ['the target is unknown', 'publish', flawless('video', starved({ targetBitrateBps: undefined }))],
    ['the target is reached', 'publish', flawless('video', starved({ targetBitrateBps: 500_000 }))],
    ['the target is exceeded', 'publish', flawless('video', starved({ targetBitrateBps: 100_000 }))],
  ])('costs nothing when %s', (_case, direction, media) => {
    const measured = quality(direction, [media]);
    expect(measured.score).toBe(100);
    expect(codes(measured)).not.toContain('low-bitrate');
  });
});

it.each([
  [{ cpu: 0.5 }, ['sender-cpu-limited']],
  [{ cpu: 0.49 }, []],
  [{ bandwidth: 0.5 }, ['sender-bandwidth-limited']],
  [{ bandwidth: 0.49 }, []],
  [{ cpu: 0.6, bandwidth: 0.5 }, ['sender-cpu-limited', 'sender-bandwidth-limited']],
])('lists a limit of the encoder that lasts for half of the interval: %j', (ratios, listed) => {
  const limited = quality('publish', [flawless('video', { qualityLimitationRatios: ratios })]);
  expect(codes(limited)).toEqual(listed);
  expect(limited.score).toBe(100);
});

const layer = (isActive: boolean | undefined, bitrateBps: number): LayerStats => ({
  rid: 'x',
  isActive,
  bitrateBps,
  framesPerSecond: undefined,
  width: undefined,
  height: undefined,
});

const scoreOf = (...layers: readonly LayerStats[]) => quality('publish', [flawless('video', { layers })]);

describe('missing layers', () => {
  const sent = layer(true, 100_000);
  const missing = layer(true, 0);

  it('cost 35 points each, down to 30', () => {
    expect(scoreOf(sent, missing).score).toBe(65);
    expect(scoreOf(sent, missing, missing)).toMatchObject({
      score: 30,
      causes: [{ code: 'layer-withheld', evidence: { layersWanted: 3, layersMissing: 2 } }],
    });
  });

  it('cost nothing when they are switched off, unknown or the only one', () => {
    expect(scoreOf(sent, sent)).toEqual(flawlessQuality);
    expect(scoreOf(sent, sent, layer(false, 0), layer(undefined, 0))).toEqual(flawlessQuality);
    expect(scoreOf(missing)).toEqual(flawlessQuality);
  });
});
