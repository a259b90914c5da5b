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

const messagesOf = (arrivals: readonly (readonly [number, number])[], nowMs = 0): Buffer[] => {
  const feedback = new TransportFeedback(0x0a0b0c0d);
  for (const [number, ms] of arrivals) feedback.record(number, ms);
  return feedback.takeMessages(0x01020304, nowMs);
};

describe('a feedback message', () => {
  it('is transport-wide feedback (RFC 4585) from the router about the named stream', () => {
    const [message] = messagesOf([[5, 64]]);
    // Version 2 with padding, format 15, type 205, 5 words after the first.
    expect(message?.subarray(0, 4).toString('hex')).toBe('afcd0005');
    expect([message?.readUInt32BE(4), message?.readUInt32BE(8)]).toEqual([0x0a0b0c0d, 0x01020304]);
    // One packet from number 5 on, at 1 × 64 ms: message 0, one vector, one delta, and one byte of padding.
    expect(message?.subarray(12).toString('hex')).toBe('0005000100000100d0000001');
  });

  it('has no padding where it fills its words', () => {
    const [message] = messagesOf([
      [5, 64],
      [6, 65],
    ]);
    expect(message?.subarray(0, 4).toString('hex')).toBe('8fcd0005');
    expect(message?.subarray(20).toString('hex')).toBe('d4000004');
  });

  it('has one byte for up to 63.75 ms, two for more or for less than none', () => {
    const [message] = messagesOf([
      [1, 0],
      [2, 63.75],
      [3, 127.75],
      [4, 127.5],
    ]);
    expect(message && decode(message).map(({ ms }) => ms)).toEqual([0, 63.75, 127.75, 127.5]);
    // 1, 1, 2, 2 in two bits each.
    expect(message?.readUInt16BE(20).toString(2)).toBe('1101011010000000');
  });

  it('ends before a time that no delta reaches', () => {
    const far = messagesOf([
      [1, 0],
      [2, 8_191.75],
      [3, 16_384],
    ]);
    expect(far.map((message) => decode(message).length)).toEqual([2, 1]);
    const back = messagesOf([
      [1, 8_192],
      [2, 0],
      [3, 0],
    ]);
    expect(back.map((message) => decode(message).length)).toEqual([3]);
    const farBack = messagesOf([
      [1, 8_192.25],
      [2, 0],
    ]);
    expect(farBack.map((message) => decode(message).length)).toEqual([1, 1]);
    expect(farBack.flatMap(decode).map(({ ms }) => ms)).toEqual([8_192.25, 0]);
  });

  it('covers up to 400 packets', () => {
    const arrivals = Array.from({ length: 401 }, (_, index) => [index, index] as const);
    expect(messagesOf(arrivals).map((message) => message.readUInt16BE(14))).toEqual([400, 1]);
  });

  it('begins with an arrived packet', () => {
    const feedback = new TransportFeedback(1);
    feedback.record(1, 0);
    feedback.takeMessages(2, 0);
    feedback.record(4, 8);
    const [message] = feedback.takeMessages(2, 8);
    expect(message && decode(message)).toEqual([{ sequenceNumber: 4, ms: 8 }]);
  });
});

/** The first number of a report after a jump by this distance. */
const firstAfterJump = (distance: number): number | undefined => {
  const feedback = new TransportFeedback(1);
  feedback.record(10, 0);
  feedback.record(10 + distance, 4);
  return feedback.takeMessages(2, 4)[0]?.readUInt16BE(12);
};

it('treats a jump of up to 2,000 numbers as loss', () => {
  expect([firstAfterJump(2_000), firstAfterJump(2_001)]).toEqual([10, 2_011]);
});

/** Times in a report about a packet that arrives late, after another report at this time. */
const lateReport = (nowMs: number): (number | undefined)[] => {
  const feedback = new TransportFeedback(1);
  feedback.record(10, 1_000);
  feedback.record(12, 1_000);
  feedback.takeMessages(2, nowMs);
  feedback.record(11, 1_001);
  return feedback
    .takeMessages(2, nowMs)
    .flatMap(decode)
    .map(({ ms }) => ms);
};

it('repeats what arrived in the last half second when a packet before it arrives late', () => {
  expect(lateReport(1_500)).toEqual([1_001, 1_000]);
  expect(lateReport(1_501)).toEqual([1_001, undefined]);
});

it('counts its messages in one byte', () => {
  const feedback = new TransportFeedback(1);
  const counts = Array.from({ length: 258 }, (_, number) => {
    feedback.record(number, number);
    return feedback.takeMessages(2, number)[0]?.readUInt8(19);
  });
  expect(counts.slice(254)).toEqual([254, 255, 0, 1]);
});

it('encodes seven equal statuses as a run, and fewer as a vector', () => {
  expect(encodeStatusChunks([2, 2, 2, 2, 2, 2, 2])).toEqual([(2 << 13) | 7]);
  expect(encodeStatusChunks([2, 2, 2, 2, 2, 2])).toEqual([0b1110_1010_1010_1000]);
  expect(encodeStatusChunks([1, 0, 0, 0, 0, 0, 0, 1])).toEqual([
    0b1101_0000_0000_0000, 0b1101_0000_0000_0000,
  ]);
});
