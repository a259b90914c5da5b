import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransportFeedback } from '../incoming/transport-feedback.ts';
import { parseRtcp } from './parse-rtcp.ts';
import { parseTransportFeedback } from './parse-transport-feedback.ts';

/**
 * The body after the RTCP header: two SSRCs, first number 10, this many statuses, 64 ms times 2, message 0, then the
 * rest.
 */
function body(count: number, rest: string): Buffer {
  const start = Buffer.from('0000000100000002000a0000000002'.concat('00'), 'hex');
  start.writeUInt16BE(count, 10);
  return Buffer.concat([start, Buffer.from(rest, 'hex')]);
}

describe('parseTransportFeedback', () => {
  it.each([
    // 0: a run. Status 1 (small delta), twice.
    ['a run of one status', 2, '2002 04 08', [129, 131]],
    // 10: fourteen statuses of one bit, of which three count.
    ['a vector of one bit each', 3, 'a800 04 08', [129, Number.NaN, 131]],
    // 11: seven statuses of two bits: small, none, large.
    ['a vector of two bits each', 3, 'd200 04 fffc', [129, Number.NaN, 128]],
    ['packets that never came', 9, '0009', Array.from({ length: 9 }, () => Number.NaN)],
  ])('reads %s', (_what, count, rest, arrivedMs) => {
    expect(parseTransportFeedback(body(count, rest.replaceAll(' ', '')))).toEqual({
      firstNumber: 10,
      arrivedMs,
    });
  });

  it.each([
    ['about nothing', 0, '2001 04'],
    ['about more than it says', 9, '2002 04 08'],
    ['without the times', 2, '2002 04'],
    ['with half a time', 1, '4001 04'],
    ['with a run of nothing', 2, '0000 2002 04 08'],
    ['about more packets than receivers report in one message', 5_000, '3388'],
    ['that ends in its header', 2, ''],
  ])('refuses a message %s', (_what, count, rest) => {
    expect(parseTransportFeedback(body(count, rest.replaceAll(' ', '')))).toBeUndefined();
  });

  it('reads any feedback that receivers write', () => {
    const arrivals = fc.array(fc.record({ gap: fc.nat(9), afterMs: fc.integer({ min: -20, max: 400 }) }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.nat(0xffff), arrivals, (first, steps) => {
        const feedback = new TransportFeedback(1);
        const sent = new Map<number, number>();
        let number = first;
        let ms = 10_000;
        for (const { gap, afterMs } of steps) {
          sent.set(number & 0xffff, ms);
          feedback.record(number & 0xffff, ms);
          number += 1 + gap;
          ms += afterMs;
        }
        const read = new Map<number, number>();
        for (const message of feedback.takeMessages(2, ms).flatMap(parseRtcp)) {
          if (message.type !== 'transport-arrivals') continue;
          message.arrivedMs.forEach((arrivedMs, index) => {
            if (!Number.isNaN(arrivedMs)) read.set((message.firstNumber + index) & 0xffff, arrivedMs);
          });
        }
        expect(read).toEqual(sent);
      }),
    );
  });

  it('does not throw on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(0xffff), (bytes, count) => {
        const message = Buffer.from(bytes);
        if (message.length >= 12) message.writeUInt16BE(count % 300, 10);
        const arrivals = parseTransportFeedback(message);
        expect(arrivals?.arrivedMs.length ?? count % 300).toBe(
          message.length >= 12 ? count % 300 : count % 300,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});
