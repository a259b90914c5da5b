import { describe, expect, it } from 'vitest';
import { codecs } from '../codecs/codecs.ts';
import { KeyFrameRequester } from '../incoming/key-frame-requester.ts';
import { SourceStream } from '../incoming/source-stream.ts';
import { OutputNumbers } from './output-numbers.ts';
import { continueTimestamps, type Segment } from './segment.ts';

const clockRate = 90_000;

/** A layer whose clock showed this timestamp at this second. */
function layer(
  ssrc: number,
  clock?: { readonly rtpTimestamp: number; readonly atSecond: number; readonly fraction?: number },
): SourceStream {
  const codec = codecs.find(({ name }) => name === 'VP8');
  if (!codec) throw new Error('VP8 is missing from the table');
  const source = new SourceStream({
    ssrc,
    media: {
      kind: 'video',
      mid: '0',
      codec,
      payloadType: 96,
      formatParameters: '',
      feedback: [],
      extensionIds: {},
      hasReducedSizeRtcp: true,
    },
    historySize: 8,
    keyFrames: new KeyFrameRequester(() => true),
    onPacket: () => {},
  });
  if (clock) {
    const { rtpTimestamp, atSecond, fraction = 0 } = clock;
    const report = {
      ssrc,
      ntpSeconds: atSecond,
      ntpFraction: fraction,
      rtpTimestamp,
      packetCount: 1,
      octetCount: 1,
    };
    source.receiveSenderReport(report, 0);
  }
  return source;
}

function segmentOf(source: SourceStream, offset: number): Segment {
  return {
    source,
    epoch: source.epoch,
    numbers: new OutputNumbers(0, 0),
    timestampOffset: offset,
    idealOffset: offset,
    extensions: { mid: Buffer.from('v'), publisherIds: {}, viewerIds: {} },
  };
}

describe('continueTimestamps', () => {
  it('aligns layers by their sender reports, even across wrap-around', () => {
    const former = segmentOf(layer(1, { rtpTimestamp: 2 ** 32 - 90_000, atSecond: 100 }), 500);
    const next = layer(2, { rtpTimestamp: 7_000, atSecond: 102 });
    // 2.1 s after the first report: 99,000 on the former layer's clock.
    const { timestampOffset } = continueTimestamps(next, 16_000, {
      last: 99_000 + 500 - 3_000,
      elapsedTicks: 60_000,
      clockRate,
      former,
    });
    expect((16_000 + timestampOffset) >>> 0).toBe(99_500);
  });

  it('never goes back, and does not accumulate corrections over switches', () => {
    const former = segmentOf(layer(1, { rtpTimestamp: 0, atSecond: 100 }), 0);
    const next = layer(2, { rtpTimestamp: 0, atSecond: 100 });
    const state = { last: 10_000, elapsedTicks: 10, clockRate, former };
    expect(continueTimestamps(next, 9_000, state)).toEqual({ idealOffset: 0, timestampOffset: 1_001 });
  });

  it('uses the elapsed time without reports, or with implausible ones', () => {
    const state = { last: 10_000, elapsedTicks: 3_000, clockRate };
    const expected = { idealOffset: 12_900, timestampOffset: 12_900 };
    expect(continueTimestamps(layer(2), 100, { ...state, former: segmentOf(layer(1), 5) })).toEqual(expected);
    const wrong = segmentOf(layer(1, { rtpTimestamp: 0, atSecond: 5 }), 0);
    const next = layer(2, { rtpTimestamp: 0, atSecond: 500 });
    expect(continueTimestamps(next, 100, { ...state, former: wrong })).toEqual(expected);
  });

  it('continues where a source left off when it returns', () => {
    const source = layer(1);
    const state = { last: 10_000, elapsedTicks: 3_000, clockRate, former: segmentOf(source, 500) };
    expect(continueTimestamps(source, 12_000, state)).toEqual({ idealOffset: 500, timestampOffset: 500 });
  });

  it('counts the fractions of a second between two reports', () => {
    const former = segmentOf(layer(1, { rtpTimestamp: 0, atSecond: 100, fraction: 0xc000_0000 }), 0);
    const next = layer(2, { rtpTimestamp: 0, atSecond: 101, fraction: 0x4000_0000 });
    // Half a second later on the former clock.
    const state = { last: 40_000, elapsedTicks: 5_000, clockRate, former };
    expect(continueTimestamps(next, 0, state).idealOffset).toBe(45_000);
  });

  it.each([
    [90_000, 103_000],
    [-90_000, 13_000],
  ])('trusts reports that disagree with the elapsed time by %i ticks, and no more', (ticks, timestamp) => {
    const source = layer(1);
    const state = { last: timestamp - ticks - 3_000, elapsedTicks: 3_000, clockRate };
    const offset = (disagreement: number) =>
      continueTimestamps(source, 0, {
        ...state,
        former: segmentOf(source, state.last + 3_000 + disagreement),
      }).idealOffset;
    expect(offset(ticks)).toBe(timestamp);
    expect(offset(ticks + Math.sign(ticks))).toBe(timestamp - ticks);
  });

  it('advances by a tick at least', () => {
    const state = { last: 10_000, elapsedTicks: 0, clockRate, former: undefined };
    expect(continueTimestamps(layer(1), 0, state)).toEqual({ idealOffset: 10_001, timestampOffset: 10_001 });
    const source = layer(1);
    const same = { ...state, former: segmentOf(source, 10_000) };
    expect(continueTimestamps(source, 0, same)).toEqual({ idealOffset: 10_000, timestampOffset: 10_001 });
    const next = { ...state, former: segmentOf(source, 10_001) };
    expect(continueTimestamps(source, 0, next).timestampOffset).toBe(10_001);
  });
});
