import { describe, expect, it } from 'vitest';
import { encodeStatusChunks, TransportFeedback } from './transport-feedback.ts';

interface Arrival {
  readonly sequenceNumber: number;
  readonly ms: number | undefined;
}

/** Parses a feedback message as the draft specifies for its receivers. */
function decode(message: Buffer): Arrival[] {
  const base = message.readUInt16BE(12);
  const count = message.readUInt16BE(14);
  const symbols: number[] = [];
  let position = 20;
  while (symbols.length < count) {
    const chunk = message.readUInt16BE(position);
    position += 2;
    if (chunk & 0x8000) {
      const bits = chunk & 0x4000 ? 2 : 1;
      for (let shift = 14 - bits; shift >= 0; shift -= bits) symbols.push((chunk >> shift) & (2 ** bits - 1));
    } else {
      for (let run = chunk & 0x1fff; run > 0; run -= 1) symbols.push((chunk >> 13) & 3);
    }
  }
  let ms = message.readUIntBE(16, 3) * 64;
  return symbols.slice(0, count).map((symbol, index) => {
    const sequenceNumber = (base + index) & 0xffff;
    if (symbol === 0) return { sequenceNumber, ms: undefined };
    ms += (symbol === 1 ? message.readUInt8(position) : message.readInt16BE(position)) / 4;
    position += symbol;
    return { sequenceNumber, ms };
  });
}

describe('TransportFeedback', () => {
  it('reports when packets arrived, across wrap-around, and which did not', () => {
    const feedback = new TransportFeedback(1);
    feedback.record(65_534, 10_000);
    feedback.record(65_535, 10_001.25);
    feedback.record(1, 10_100);
    const [message] = feedback.takeMessages(2, 10_110);
    expect(message && decode(message)).toEqual([
      { sequenceNumber: 65_534, ms: 10_000 },
      { sequenceNumber: 65_535, ms: 10_001.25 },
      { sequenceNumber: 0, ms: undefined },
      { sequenceNumber: 1, ms: 10_100 },
    ]);
    expect(feedback.takeMessages(2, 10_120)).toEqual([]);
  });

  it('reports a packet that arrives after it was reported missing', () => {
    const feedback = new TransportFeedback(1);
    feedback.record(10, 0);
    feedback.record(12, 4);
    feedback.takeMessages(2, 5);
    feedback.record(11, 8);
    const [message] = feedback.takeMessages(2, 10);
    expect(message && decode(message)).toEqual([
      { sequenceNumber: 11, ms: 8 },
      { sequenceNumber: 12, ms: 4 },
    ]);
  });

  it('keeps the first arrival of a repeated number', () => {
    const feedback = new TransportFeedback(1);
    feedback.record(10, 0);
    feedback.record(10, 50);
    const [message] = feedback.takeMessages(2, 60);
    expect(message && decode(message)).toEqual([{ sequenceNumber: 10, ms: 0 }]);
  });

  it('splits reports that exceed one message, in whole words', () => {
    const feedback = new TransportFeedback(1);
    for (let index = 0; index < 1_000; index += 1) feedback.record(index, index);
    const messages = feedback.takeMessages(2, 1_000);
    expect(messages.length).toBeGreaterThan(1);
    for (const message of messages) {
      expect(message.length).toBe(4 * (message.readUInt16BE(2) + 1));
      expect(message.length).toBeLessThan(1_200);
    }
    const arrivals = messages.flatMap(decode);
    expect(arrivals).toEqual(
      Array.from({ length: 1_000 }, (_, index) => ({ sequenceNumber: index, ms: index })),
    );
  });

  it('restarts after a jump that packet loss cannot explain', () => {
    const feedback = new TransportFeedback(1);
    feedback.record(10, 0);
    feedback.record(30_000, 5);
    const messages = feedback.takeMessages(2, 10);
    expect(messages.flatMap(decode)).toEqual([{ sequenceNumber: 30_000, ms: 5 }]);
  });

  it('counts its messages', () => {
    const feedback = new TransportFeedback(1);
    const counts = [0, 1, 2].map((number) => {
      feedback.record(number, number);
      return feedback.takeMessages(2, number)[0]?.readUInt8(19);
    });
    expect(counts).toEqual([0, 1, 2]);
  });
});

it('encodes long runs as runs and the rest as vectors', () => {
  expect(encodeStatusChunks(Array.from({ length: 9_000 }, () => 1))).toEqual([0x3fff, (1 << 13) | 809]);
  expect(encodeStatusChunks([1, 0, 2])).toEqual([0b1101_0010_0000_0000]);
});
