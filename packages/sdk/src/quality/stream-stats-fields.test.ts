import { describe, expect, it } from 'vitest';
import { statsBetween } from './stream-stats.ts';

type Entry = Readonly<Record<string, unknown>>;

const report = (...entries: readonly Entry[]) =>
  new Map(entries.map((entry, index) => [String(index), entry]));

const outbound = (more: Entry = {}): Entry => ({ id: 'out', type: 'outbound-rtp', kind: 'video', ...more });
const inbound = (more: Entry = {}): Entry => ({ id: 'in', type: 'inbound-rtp', kind: 'video', ...more });
const remote = (more: Entry = {}): Entry => ({ id: 'remote', type: 'remote-inbound-rtp', ...more });

/** The statistics of the first kind of media between two reports. */
const mediaBetween = (before: readonly Entry[], after: readonly Entry[]) =>
  statsBetween(report(...before), report(...after)).media[0];

/** What one entry says two seconds after an entry without counts. */
const mediaOf = (entry: Entry, ...others: readonly Entry[]) =>
  mediaBetween(
    [{ id: entry['id'], type: entry['type'], kind: entry['kind'], timestamp: 1_000 }],
    [{ ...entry, timestamp: 3_000 }, ...others],
  );

describe('the candidate pair', () => {
  const candidates = [
    { id: 'host', candidateType: 'host' },
    { id: 'relay', candidateType: 'relay' },
  ];
  const direct = {
    id: 'direct',
    type: 'candidate-pair',
    nominated: true,
    currentRoundTripTime: 0.01,
    localCandidateId: 'host',
    remoteCandidateId: 'host',
    availableOutgoingBitrate: 300_000,
  };
  const relayed = {
    id: 'relayed',
    type: 'candidate-pair',
    nominated: false,
    currentRoundTripTime: 0.2,
    localCandidateId: 'relay',
    remoteCandidateId: 'host',
    availableOutgoingBitrate: 100_000,
  };

  it('in use is the one that the transport selected', () => {
    const transport = { id: 't', type: 'transport', selectedCandidatePairId: 'relayed' };
    const other = { id: 'codec', type: 'codec', selectedCandidatePairId: 'direct' };
    expect(statsBetween(undefined, report(other, transport, direct, relayed, ...candidates))).toMatchObject({
      roundTripMs: 200,
      localCandidateType: 'relay',
      remoteCandidateType: 'host',
      availableOutgoingBitrateBps: 100_000,
    });
  });

  it('in use is the nominated one where the browser does not report the transport', () => {
    const other = { id: 'x', type: 'other', nominated: true, currentRoundTripTime: 9 };
    expect(statsBetween(undefined, report(other, relayed, direct, ...candidates))).toMatchObject({
      roundTripMs: 10,
      localCandidateType: 'host',
    });
  });

  it('is unknown before one is nominated', () => {
    const nameless = { type: 'local-candidate', candidateType: 'host' };
    expect(statsBetween(undefined, report(nameless, relayed, ...candidates))).toMatchObject({
      roundTripMs: undefined,
      localCandidateType: undefined,
      availableOutgoingBitrateBps: undefined,
    });
  });

  it('gives way to the longest round trip that the other side reports for the media', () => {
    const fromServer = { id: 'sender', type: 'remote-outbound-rtp', roundTripTime: 5 };
    const remotes = [
      remote({ id: 'a', roundTripTime: 0.03 }),
      remote({ id: 'b', roundTripTime: 0.05 }),
      remote({ id: 'c' }),
    ];
    expect(statsBetween(undefined, report(direct, fromServer, ...remotes)).roundTripMs).toBe(50);
    expect(statsBetween(undefined, report(direct, fromServer, remote())).roundTripMs).toBe(10);
  });
});

describe('the interval', () => {
  it('is the longest between two entries', () => {
    const before = report({ id: 'a', timestamp: 1_000 }, { id: 'b', timestamp: 1_000 });
    const after = report({ id: 'a', timestamp: 2_500 }, { id: 'b', timestamp: 3_000 });
    expect(statsBetween(before, after).durationMs).toBe(2_000);
  });

  it('is 0 without an earlier report, and when the clock goes back', () => {
    const [early, late] = [report({ id: 'a', timestamp: 1_000 }), report({ id: 'a', timestamp: 2_000 })];
    expect(statsBetween(undefined, late).durationMs).toBe(0);
    expect(statsBetween(late, early).durationMs).toBe(0);
  });
});

it('reports only the kinds of media that the connection has', () => {
  const stats = statsBetween(undefined, report(outbound({ kind: 'audio' }), { id: 'x', kind: 'video' }));
  expect(stats.media.map(({ kind }) => kind)).toEqual(['audio']);
});

describe('losses', () => {
  it('of a viewer relate to all packets that were expected', () => {
    expect(mediaOf(inbound({ packetsReceived: 90, packetsLost: 10 }))).toMatchObject({
      packets: 90,
      packetsLost: 10,
      lossRatio: 0.1,
    });
    expect(mediaOf(inbound({ packetsReceived: 0, packetsLost: 1 }))?.lossRatio).toBe(1);
    expect(mediaOf(inbound({ packetsReceived: 0, packetsLost: 0 }))?.lossRatio).toBe(0);
  });

  it('of a publisher are those that the server reports, and never more than were sent', () => {
    const sent = outbound({ remoteId: 'remote', packetsSent: 100 });
    expect(mediaOf(sent, remote({ packetsLost: 20 }))).toMatchObject({ packetsLost: 20, lossRatio: 0.2 });
    expect(mediaOf(sent, remote({ packetsLost: 300 }))?.lossRatio).toBe(1);
  });

  it('of a publisher are unknown until the server reports', () => {
    expect(mediaOf(outbound({ remoteId: 'remote', packetsSent: 100 }))?.lossRatio).toBeUndefined();
    expect(mediaOf(outbound({ packetsSent: 100 }))?.lossRatio).toBeUndefined();
  });
});

const layer = (rid: string, height: number | undefined, packetsSent: number, remoteJitter = 0): Entry[] => [
  outbound({ id: rid, rid, remoteId: `to ${rid}`, frameHeight: height, packetsSent }),
  remote({ id: `to ${rid}`, jitter: remoteJitter }),
];

describe('the largest layer', () => {
  it.each([[['q', 'h', 'f']], [['f', 'h', 'q']], [['h', 'f', 'q']], [['h', 'q', 'f']]])(
    'is the highest that flows, in whatever order the browser lists them: %j',
    (order) => {
      const heights: Record<string, number> = { q: 180, h: 360, f: 720 };
      const all = order.flatMap((rid) => layer(rid, heights[rid], 10));
      expect(mediaBetween([], [...layer('none', undefined, 10), ...all])?.height).toBe(720);
    },
  );

  it('is one that sent at least one packet in the interval', () => {
    const before = [...layer('q', 180, 5), ...layer('h', 360, 5), ...layer('f', 720, 5)];
    const after = [...layer('q', 180, 5), ...layer('h', 360, 6, 0.02), ...layer('f', 720, 5, 0.9)];
    expect(mediaBetween(before, after)).toMatchObject({ height: 360, jitterMs: 20 });
  });

  it('keeps its size and jitter while nothing flows', () => {
    const layers = [...layer('q', 180, 5, 0.01), ...layer('f', 720, 5, 0.03)];
    expect(mediaBetween(layers, layers)).toMatchObject({ height: 720, jitterMs: 30, packets: 0 });
  });
});

const countingLayer = (id: string, count: number) =>
  outbound({
    id,
    framesEncoded: count,
    keyFramesEncoded: count + 1,
    nackCount: count + 2,
    pliCount: count + 3,
    targetBitrate: 1_000,
  });

it('sums the counts of the interval over all layers', () => {
  expect(
    mediaBetween(
      [countingLayer('q', 10), countingLayer('h', 20)],
      [countingLayer('q', 14), countingLayer('h', 25)],
    ),
  ).toMatchObject({
    frames: 9,
    keyFrames: 9,
    keyFramesEver: 15 + 26,
    nackCount: 9,
    pliCount: 9,
    targetBitrateBps: 2_000,
  });
});

it('reads the counts of a viewer', () => {
  const media = mediaOf(
    inbound({
      framesDecoded: 40,
      keyFramesDecoded: 2,
      freezeCount: 3,
      jitter: 0.006,
      jitterBufferDelay: 2,
      jitterBufferEmittedCount: 40,
      audioLevel: 0.5,
    }),
  );
  expect(media).toMatchObject({
    frames: 40,
    keyFrames: 2,
    keyFramesEver: 2,
    freezeCount: 3,
    jitterMs: 6,
    jitterBufferDelayMs: 50,
    audioLevel: 0.5,
    targetBitrateBps: undefined,
    layers: [],
  });
  const single = mediaOf(inbound({ jitterBufferDelay: 0.02, jitterBufferEmittedCount: 1 }));
  expect(single?.jitterBufferDelayMs).toBe(20);
  expect(mediaOf(inbound())).toMatchObject({ jitterBufferDelayMs: undefined, keyFrames: undefined });
});

it('reads the audio level of a publisher from its source, and no layers', () => {
  const sent = outbound({ kind: 'audio', mediaSourceId: 'mic', audioLevel: 0.9 });
  expect(mediaOf(sent, { id: 'mic', audioLevel: 0.25 })).toMatchObject({ audioLevel: 0.25, layers: [] });
});

const sentAt = (timestamp: number, bytesSent: number) => [outbound({ timestamp, bytesSent })];

describe('the bitrate', () => {
  it('counts sent and received bytes without repetitions', () => {
    expect(mediaOf(outbound({ bytesSent: 50_000, retransmittedBytesSent: 10_000 }))?.bitrateBps).toBe(
      160_000,
    );
    expect(mediaOf(inbound({ bytesReceived: 50_000 }))?.bitrateBps).toBe(200_000);
    expect(mediaOf(outbound({ bytesSent: 10, retransmittedBytesSent: 99 }))?.bitrateBps).toBe(0);
  });

  it('is the one of the interval, however short that is', () => {
    expect(mediaBetween(sentAt(10, 1_000), sentAt(11, 1_001))?.bitrateBps).toBe(8_000);
    expect(mediaBetween(sentAt(10, 1_000), sentAt(10, 5_000))?.bitrateBps).toBe(0);
  });

  it('counts a counter from zero that was reset', () => {
    expect(mediaBetween(sentAt(1_000, 90_000), sentAt(2_000, 1_000))?.bitrateBps).toBe(8_000);
  });

  it.each([100, 1_000])('and size are known for each layer (%d ms)', (durationMs) => {
    const small = { rid: 'q', framesPerSecond: 15, frameWidth: 320, frameHeight: 180 };
    const before = [outbound({ ...small, timestamp: 0, bytesSent: 0 })];
    const after = [outbound({ ...small, timestamp: durationMs, bytesSent: durationMs })];
    expect(mediaBetween(before, after)?.layers).toEqual([
      { rid: 'q', isActive: undefined, bitrateBps: 8_000, framesPerSecond: 15, width: 320, height: 180 },
    ]);
  });
});

const ratiosBetween = (before: unknown, after: unknown, durationMs = 2_000) =>
  mediaBetween(
    [outbound({ timestamp: 0, qualityLimitationDurations: before })],
    [outbound({ timestamp: durationMs, qualityLimitationDurations: after })],
  )?.qualityLimitationRatios;

describe('the limits of the encoder', () => {
  it('are shares of the interval', () => {
    expect(ratiosBetween({ none: 4, cpu: 1 }, { none: 4.5, cpu: 2.5, bandwidth: 0 })).toEqual({
      none: 0.25,
      cpu: 0.75,
      bandwidth: 0,
    });
    expect(ratiosBetween(undefined, { cpu: 1 })).toEqual({ cpu: 0.5 });
    expect(ratiosBetween({ cpu: 0 }, { cpu: 0.001 }, 1)).toEqual({ cpu: 1 });
  });

  it('are between 0 and 1, whatever the browser counts', () => {
    expect(ratiosBetween({ cpu: 5, none: 0 }, { cpu: 1, none: 60, other: 'much' })).toEqual({
      cpu: 0,
      none: 1,
      other: 0,
    });
  });

  it('are unknown without an interval, or where the browser does not report them', () => {
    expect(ratiosBetween({ cpu: 0 }, { cpu: 1 }, 0)).toEqual({});
    expect(ratiosBetween(undefined, undefined)).toEqual({});
    expect(ratiosBetween({ cpu: 0 }, null)).toEqual({});
  });
});
