import { seededRandom } from '../../testing/seeded-random.ts';
import { rtpBytes } from './test-packets.ts';

/** The material of hostile packets. */
export interface HostilePacketOptions {
  readonly seed: number;
  /** Real packets to mangle. */
  readonly samples: readonly Buffer[];
  /** Negotiated payload types, so that some packets get past the demultiplexer. */
  readonly payloadTypes: readonly number[];
  /** SSRCs for RTCP to name; usually the first two payload types use the first SSRC, the next two the next. */
  readonly ssrcs: readonly number[];
}

const longestPacket = 1_500;

/** An endless source of packets that no honest peer sends; the same for the same options. */
export function hostilePackets(options: HostilePacketOptions): () => Buffer {
  const random = seededRandom(options.seed);
  const below = (end: number) => Math.floor(random() * end);
  const noise = Buffer.from(Array.from({ length: 0x1_0000 }, () => below(256)));
  const noiseOf = (length: number) => {
    const start = below(noise.length - length);
    return noise.subarray(start, start + length);
  };
  const oneOf = (numbers: readonly number[]) => numbers[below(numbers.length)] ?? 0;
  let sequenceNumber = 0;

  const mangled = () => {
    const bytes = Buffer.from(options.samples[below(options.samples.length)] ?? '');
    for (let change = below(8); change > 0; change -= 1) bytes[below(bytes.length)] = below(256);
    return below(4) === 0 ? bytes.subarray(0, below(bytes.length + 1)) : bytes;
  };
  // Well-formed on the outside: the header leads to a payload of noise.
  const noisyRtp = () => {
    sequenceNumber = below(200) === 0 ? below(0x1_0000) : sequenceNumber + below(5) - 1;
    const choice = below(options.payloadTypes.length);
    const usualSsrc = options.ssrcs[Math.floor(choice / 2) % options.ssrcs.length] ?? 0;
    const otherSsrc = below(2) === 0 ? below(2 ** 32) : oneOf(options.ssrcs);
    const bytes = rtpBytes({
      payloadType: options.payloadTypes[choice] ?? 0,
      sequenceNumber,
      timestamp: below(2 ** 32),
      ssrc: below(100) === 0 ? otherSsrc : usualSsrc,
      payload: noiseOf(below(3) === 0 ? below(longestPacket) : below(24)),
      ...(below(2) === 0 && { extensions: { [1 + below(14)]: noiseOf(1 + below(16)) } }),
    });
    // Flags for CSRCs, padding and extensions that are not there.
    if (below(8) === 0) bytes[0] = 0x80 | below(64);
    return bytes;
  };
  const noisyRtcp = () => {
    const parts = Array.from({ length: 1 + below(3) }, () => {
      const words = below(2) === 0 ? below(8) : below(60);
      const part = Buffer.concat([Buffer.alloc(4), noiseOf(4 * words)]);
      part.writeUInt8(0x80 | below(32), 0);
      part.writeUInt8(200 + below(8), 1);
      part.writeUInt16BE(below(10) === 0 ? below(0x1_0000) : words, 2);
      for (const position of [4, 8, 12]) {
        if (position + 4 <= part.length && below(2) === 0) part.writeUInt32BE(oneOf(options.ssrcs), position);
      }
      return part;
    });
    const bytes = Buffer.concat(parts);
    return below(6) === 0 ? bytes.subarray(0, below(bytes.length + 1)) : bytes;
  };
  // Transport-wide feedback on packets that may have been sent, with absurd arrivals.
  const noisyArrivals = () => {
    const bytes = Buffer.concat([Buffer.alloc(20), noiseOf(4 * (1 + below(20)))]);
    bytes.writeUInt8(0x8f, 0);
    bytes.writeUInt8(205, 1);
    bytes.writeUInt16BE(bytes.length / 4 - 1, 2);
    bytes.writeUInt16BE(below(below(2) === 0 ? 0x1_0000 : 2_000), 12);
    bytes.writeUInt16BE(below(50) === 0 ? below(0x1_0000) : below(40), 14);
    bytes.writeUIntBE(below(2) === 0 ? below(2 ** 24) : below(100), 16, 3);
    return bytes;
  };
  const makers = [() => noiseOf(below(longestPacket)), mangled, noisyRtp, noisyRtp, noisyRtcp, noisyArrivals];
  // A copy of each, as from a socket, because the router keeps what it receives.
  return () => Buffer.from(makers[below(makers.length)]?.() ?? '');
}
