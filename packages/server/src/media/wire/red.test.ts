import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../testing/seeded-random.ts';
import { rtpPacket } from '../testing/test-packets.ts';
import { adaptRed } from './red.ts';
import type { RtpPacket } from './rtp-packet.ts';

const opus = 111;

function redPacket(payload: readonly number[]): RtpPacket {
  return rtpPacket({ payloadType: 63, sequenceNumber: 7, timestamp: 960, payload: Uint8Array.from(payload) });
}

function payloadOf(packet: RtpPacket | undefined): number[] | undefined {
  return packet && [...packet.buffer.subarray(packet.payloadStart, packet.payloadEnd)];
}

/** The packet as a viewer without redundancy gets it. */
function unwrap(packet: RtpPacket): RtpPacket | undefined {
  return adaptRed(packet, opus, { payloadType: opus });
}

/** Copies of two earlier frames (2 bytes, 1 byte), then the newest one. */
const twoCopies = [0x80 | opus, 0x1e, 0x00, 2, 0x80 | opus, 0x0f, 0x00, 1, opus, 1, 2, 3, 4, 5, 6];

describe('redundant audio', () => {
  it("is unwrapped to its newest block, with its packet's numbers", () => {
    const plain = unwrap(redPacket(twoCopies));
    expect(payloadOf(plain)).toEqual([4, 5, 6]);
    expect(plain).toMatchObject({ payloadType: opus, sequenceNumber: 7, timestamp: 960 });
    expect(payloadOf(unwrap(redPacket([opus, 9, 8])))).toEqual([9, 8]);
    expect(payloadOf(unwrap(redPacket([opus])))).toEqual([]);
  });

  it.each([
    ['nothing', []],
    ['a header that is cut off', [0x80 | opus, 0x1e]],
    ['no header of a newest block', [0x80 | opus, 0x1e, 0x00, 0]],
    ['copies longer than the packet', [0x80 | opus, 0x1e, 0x03, 0xff, opus, 1, 2]],
  ])('is dropped if it contains %s', (_what, payload) => {
    expect(unwrap(redPacket(payload))).toBeUndefined();
  });

  it('stays redundant for a viewer that supports it, under the viewer’s own payload types', () => {
    const packet = redPacket(twoCopies);
    expect(adaptRed(packet, opus, { payloadType: opus, redPayloadType: 63 })).toBe(packet);
    const renamed = payloadOf(adaptRed(packet, opus, { payloadType: 96, redPayloadType: 97 }));
    expect(renamed).toEqual(
      twoCopies.map((byte, index) => ([0, 4].includes(index) ? 0x80 | 96 : index === 8 ? 96 : byte)),
    );
    expect(payloadOf(packet)).toEqual(twoCopies);
  });

  it('is plain for a viewer that does not, and dropped if it contains another codec', () => {
    expect(payloadOf(adaptRed(redPacket(twoCopies), opus, { payloadType: 109 }))).toEqual([4, 5, 6]);
    expect(adaptRed(redPacket([13, 1]), opus, { payloadType: 109 })).toBeUndefined();
  });

  it('never reads beyond its packet, whatever its content', () => {
    const random = seededRandom(3);
    const below = (end: number) => Math.floor(random() * end);
    const bytes = (length: number) => Array.from({ length }, () => below(256));
    let unwrapped = 0;
    for (let count = 0; count < 5_000; count += 1) {
      const copies = Array.from({ length: below(4) }, () => [0x80 | opus, below(256), below(4), below(256)]);
      const payload = [...copies.flat(), opus, ...bytes(below(600))];
      const packet = redPacket(below(4) === 0 ? payload.slice(0, below(payload.length)) : payload);
      const plain = unwrap(packet);
      if (!plain) continue;
      unwrapped += 1;
      expect(plain.payloadStart).toBeGreaterThan(packet.payloadStart);
      expect(plain.payloadStart).toBeLessThanOrEqual(plain.payloadEnd);
      expect(plain.payloadEnd).toBe(packet.payloadEnd);
    }
    expect(unwrapped).toBeGreaterThan(200);
  });
});
