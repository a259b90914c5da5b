import { describe, expect, it } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
import { vp8 } from '../codecs/vp8.ts';
import { KeyFrameRequester } from '../incoming/key-frame-requester.ts';
import { SourceStream } from '../incoming/source-stream.ts';
import { rtpPacket, vp8Payload, vp8Text } from '../testing/test-packets.ts';
import { parseRtpPacket } from '../wire/rtp-packet.ts';
import { LegWriter } from './leg-writer.ts';
import { OutputNumbers } from './output-numbers.ts';
import type { Segment } from './segment.ts';

const published: AcceptedMedia = {
  kind: 'video',
  mid: '0',
  codec: vp8,
  payloadType: 96,
  redPayloadType: 63,
  formatParameters: '',
  feedback: [],
  extensionIds: {},
  hasReducedSizeRtcp: true,
};
const unmarked = -2;

/** A writer for a viewer with these payload types, and a source whose packets have timestamps 90,000 lower. */
function setUp(viewer: Partial<AcceptedMedia> = { rtxPayloadType: 121 }) {
  const sent: Buffer[] = [];
  const link = { isOpen: true };
  const media: AcceptedMedia = { ...published, payloadType: 120, ...viewer };
  const writer = new LegWriter({
    media,
    ssrc: 500,
    rtxSsrc: 501,
    frameNumbers: undefined,
    send: (packet) => {
      if (link.isOpen) sent.push(Buffer.from(packet));
      return link.isOpen;
    },
  });
  const source = new SourceStream({
    ssrc: 7,
    media: published,
    historySize: 64,
    keyFrames: new KeyFrameRequester(() => true),
    onPacket: () => {},
  });
  const segment: Segment = {
    source,
    epoch: source.epoch,
    numbers: new OutputNumbers(0, 0),
    timestampOffset: 90_000,
    idealOffset: 90_000,
    extensions: { mid: Buffer.from('v'), publisherIds: {}, viewerIds: {} },
  };
  /** Writes the source's packet `sourceNumber` under `number`. */
  const write = (sourceNumber: number, number: number, payloadType = 96): boolean => {
    const packet = rtpPacket({
      payloadType,
      sequenceNumber: sourceNumber,
      timestamp: 5,
      // A redundant payload of one block, or a plain one.
      payload: payloadType === 63 ? Buffer.from([96, 1]) : vp8Payload(false, `packet ${sourceNumber}`),
    });
    source.receive(packet, 0);
    return writer.write(packet, segment, number, sourceNumber, unmarked, 0);
  };
  const take = () => sent.splice(0).flatMap((bytes) => parseRtpPacket(bytes) ?? []);
  return { writer, segment, source, link, sent, write, take };
}

describe('a packet', () => {
  it('has the number, the timestamp and the ids of its viewer', () => {
    const { write, take } = setUp();
    expect(write(10, 1_000)).toBe(true);
    const [packet] = take();
    expect(packet).toMatchObject({ payloadType: 120, sequenceNumber: 1_000, timestamp: 90_005, ssrc: 500 });
    expect(packet && vp8Text(packet)).toBe('packet 10');
  });

  it('keeps its redundancy for a viewer that supports it', () => {
    const { write, take } = setUp({ redPayloadType: 64, rtxPayloadType: 121 });
    write(10, 1_000, 63);
    expect(take()).toMatchObject([{ payloadType: 64 }]);
  });

  it('that was dropped late becomes one byte of padding', () => {
    const { writer, segment, take } = setUp();
    writer.writeEmpty(rtpPacket({ payloadType: 96, timestamp: 5 }), segment, 1_000, 0);
    const [packet] = take();
    expect(packet).toMatchObject({ payloadType: 120, sequenceNumber: 1_000, timestamp: 90_005 });
    expect((packet?.buffer.length ?? 0) - (packet?.payloadEnd ?? 0)).toBe(1);
  });
});

describe('a repair', () => {
  it('has increasing numbers of its own', () => {
    const { writer, write, take } = setUp();
    write(10, 1_000);
    write(11, 1_001);
    take();
    writer.repair([1_000, 1_001], 0);
    const [first, second] = take();
    expect([first?.payloadType, first?.ssrc, first?.timestamp]).toEqual([121, 501, 90_005]);
    expect(((second?.sequenceNumber ?? 0) - (first?.sequenceNumber ?? 0)) & 0xffff).toBe(1);
    write(12, 1_002);
    expect(take()).toMatchObject([{ payloadType: 120, ssrc: 500, sequenceNumber: 1_002 }]);
  });

  it('of redundancy is the packet itself', () => {
    const { writer, write, take } = setUp({ redPayloadType: 64, rtxPayloadType: 121 });
    write(10, 1_000, 63);
    take();
    writer.repair([1_000], 0);
    expect(take()).toMatchObject([{ payloadType: 64, ssrc: 500, sequenceNumber: 1_000 }]);
  });

  it('is not made of a packet that was not sent, or whose source has restarted', () => {
    const { writer, write, source, link, take } = setUp();
    link.isOpen = false;
    expect(write(10, 1_000)).toBe(false);
    link.isOpen = true;
    writer.repair([1_000], 0);
    expect(take()).toEqual([]);
    write(11, 1_001);
    for (const number of [40_000, 40_001]) source.receive(rtpPacket({ sequenceNumber: number }), 0);
    take();
    writer.repair([1_001], 0);
    expect(take()).toEqual([]);
  });

  it('finds packets across the wrap of the numbers, also after a late one', () => {
    const { writer, write, take } = setUp();
    write(10, 65_535);
    write(12, 65_537);
    write(11, 65_536);
    take();
    writer.repair([65_535, 0, 1], 0);
    expect(take().map(({ payloadType }) => payloadType)).toEqual([121, 121, 121]);
  });

  it('is not made of anything sent before the leg was abandoned', () => {
    const { writer, write, take } = setUp();
    write(10, 1_000);
    writer.abandon();
    write(11, 1_001);
    take();
    writer.repair([1_000, 1_001], 0);
    expect(take()).toHaveLength(1);
  });
});

describe('a filler', () => {
  it('is 255 bytes of padding without packets to repeat', () => {
    const { writer, take } = setUp();
    expect([writer.writeFiller(0), writer.writeFiller(0)]).toEqual([true, true]);
    const [first, second] = take();
    expect(first).toMatchObject({ payloadType: 121, ssrc: 501 });
    expect((first?.buffer.length ?? 0) - (first?.payloadEnd ?? 0)).toBe(255);
    expect(((second?.sequenceNumber ?? 0) - (first?.sequenceNumber ?? 0)) & 0xffff).toBe(1);
  });

  it('repeats the last 32 packets in turn', () => {
    const { writer, write, take } = setUp();
    for (let number = 0; number < 40; number += 1) write(number, 1_000 + number);
    take();
    for (let filler = 0; filler < 33; filler += 1) writer.writeFiller(0);
    const repeated = take().map(({ buffer, payloadStart }) => buffer.readUInt16BE(payloadStart));
    expect(repeated.slice(0, 2)).toEqual([1_038, 1_037]);
    expect(new Set(repeated)).toEqual(new Set(Array.from({ length: 32 }, (_, index) => 1_008 + index)));
    expect(repeated.at(-1)).toBe(repeated[0]);
  });

  it('is not sent over a closed link, or to a viewer without RTX', () => {
    const { writer, link } = setUp();
    link.isOpen = false;
    expect(writer.writeFiller(0)).toBe(false);
    expect(setUp({}).writer.writeFiller(0)).toBe(false);
  });
});
