import { expect, it } from 'vitest';
import { recordedFirefoxSenders, recordedFirefoxStats, recordedStats } from '../testing/recorded-stats.ts';
import { markActiveLayers } from './mark-active-layers.ts';
import { statsBetween } from './stream-stats.ts';

const video = (stats: ReturnType<typeof statsBetween>) => stats.media.find(({ kind }) => kind === 'video');

it('reads what a publisher in Chromium encodes and sends, and what the server reports back', () => {
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

it('reads what a viewer in Chromium receives and decodes', () => {
  const stats = statsBetween(...recordedStats('view'));
  expect(stats.roundTripMs).toBe(8);
  expect(video(stats)).toMatchObject({ codec: 'video/VP8', packetsLost: 0, lossRatio: 0, jitterMs: 4 });
  expect(video(stats)?.frames).toBeGreaterThan(30);
  expect(video(stats)?.jitterBufferDelayMs).toBeCloseTo((1_000 * (1.113995 - 0.822056)) / (123 - 76), 6);
  expect(video(stats)?.layers).toEqual([]);
});

it('reads what a publisher in Firefox sends, from the layers that flow', () => {
  const stats = statsBetween(...recordedFirefoxStats('publish'));
  expect(stats).toMatchObject({ localCandidateType: 'host', remoteCandidateType: 'host' });
  expect(stats.roundTripMs).toBeCloseTo(2.655, 3);
  // The largest layer is paused, and Firefox keeps its last size and jitter.
  expect(video(stats)).toMatchObject({
    codec: 'video/VP8',
    frames: 39,
    packets: 195,
    width: 640,
    height: 360,
    framesPerSecond: 9,
    lossRatio: 0,
  });
  expect(video(stats)?.jitterMs).toBeCloseTo(10.144, 3);
  expect(video(stats)?.bitrateBps).toBeCloseTo((8_000 * (4_067 + 10_987)) / 2_006, 1);
});

it('says nothing that Firefox does not say', () => {
  const stats = statsBetween(...recordedFirefoxStats('publish'));
  expect(video(stats)).toMatchObject({
    keyFrames: undefined,
    keyFramesEver: undefined,
    qualityLimitationReason: undefined,
    qualityLimitationRatios: {},
    targetBitrateBps: undefined,
  });
  expect(video(stats)?.layers.map(({ isActive }) => isActive)).toEqual([undefined, undefined, undefined]);
  expect(stats.availableOutgoingBitrateBps).toBeUndefined();
});

it('reads what a viewer in Firefox receives and decodes', () => {
  const stats = statsBetween(...recordedFirefoxStats('view'));
  expect(video(stats)).toMatchObject({
    codec: 'video/VP8',
    width: 1280,
    height: 720,
    frames: 18,
    lossRatio: 0,
    keyFramesEver: 1,
    freezeCount: 0,
    layers: [],
  });
  expect(video(stats)?.jitterBufferDelayMs).toBeCloseTo((1_000 * (14.166893 - 12.511077)) / (191 - 173), 6);
});

const layer = (rid: string, frameHeight: number, bytesSent: number) => ({
  id: rid,
  type: 'outbound-rtp',
  kind: 'video',
  rid,
  active: true,
  remoteId: `remote ${rid}`,
  timestamp: bytesSent === 0 ? 0 : 2_000,
  frameHeight: bytesSent === 0 ? undefined : frameHeight,
  frameWidth: (frameHeight * 16) / 9,
  packetsSent: bytesSent / 1_000,
  bytesSent,
});
const remote = (rid: string, jitter: number) => ({
  id: `remote ${rid}`,
  type: 'remote-inbound-rtp',
  jitter,
});
const report = (...entries: readonly { readonly id: string }[]) =>
  new Map(entries.map((entry) => [entry.id, entry]));

it('reports the size of the largest layer and the worst jitter of those that flow', () => {
  const before = report(layer('q', 180, 0), layer('h', 360, 0), layer('f', 720, 0));
  const jitters = [remote('q', 0.03), remote('h', 0.01), remote('f', 0.5)];
  const twoFlow = report(layer('q', 180, 25_000), layer('h', 360, 100_000), layer('f', 720, 0), ...jitters);
  const stats = video(statsBetween(before, twoFlow));
  expect(stats).toMatchObject({ height: 360, width: 640, bitrateBps: 500_000, packets: 125, jitterMs: 30 });
  expect(stats?.layers).toMatchObject([
    { rid: 'q', bitrateBps: 100_000 },
    { rid: 'h', bitrateBps: 400_000 },
    { rid: 'f', bitrateBps: 0 },
  ]);
});

const layers = (...reports: Parameters<typeof statsBetween>) =>
  video(statsBetween(...reports))?.layers.map(({ rid, isActive }) => `${rid} ${isActive}`);

it('counts a layer as active only if it was switched on during the whole interval', () => {
  const [before, after] = recordedFirefoxStats('publish');
  const senders = recordedFirefoxSenders();
  const marked = markActiveLayers(before, senders);
  expect(layers(marked, markActiveLayers(after, senders))).toEqual(['q true', 'h true', 'f false']);
  for (const encoding of senders[1]?.getParameters().encodings ?? []) encoding.active = true;
  expect(layers(marked, markActiveLayers(after, senders))).toEqual(['q true', 'h true', 'f false']);
  expect(layers(undefined, markActiveLayers(after, senders))).toEqual(['q true', 'h true', 'f true']);
});

it('relates losses to the expected packets, and never falls below zero after late repairs', () => {
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

it('invents nothing without an earlier report, or from invalid entries', () => {
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
