import { BitReader } from './bit-reader.ts';
import type { VideoFormat } from './frame-assembler.ts';

/** Profile, level, depth and size in a sequence header (AV1 specification, section 5.5); undefined if truncated. */
export function readSequenceHeader(payload: Uint8Array): VideoFormat | undefined {
  const bits = new BitReader(payload);
  const profile = bits.bits(3);
  bits.skip(1);
  const isReduced = bits.flag();
  const { level, tier } = isReduced ? { level: bits.bits(5), tier: 0 } : readOperatingPoints(bits);
  const widthBits = bits.bits(4) + 1;
  const heightBits = bits.bits(4) + 1;
  const widthPx = bits.bits(widthBits) + 1;
  const heightPx = bits.bits(heightBits) + 1;
  skipTools(bits, isReduced);
  const isDeep = bits.flag();
  const bitDepth = isDeep ? (profile === 2 && bits.flag() ? 12 : 10) : 8;
  if (bits.isPastEnd) return undefined;
  const codecString = `av01.${profile}.${padded(level)}${tier === 0 ? 'M' : 'H'}.${padded(bitDepth)}`;
  return { codecString, widthPx, heightPx };
}

/** Level and tier of the first operating point, which decodes all layers. */
function readOperatingPoints(bits: BitReader): { level: number; tier: number } {
  let delayBits = 0;
  let hasDecoderModel = false;
  if (bits.flag()) {
    bits.skip(64);
    if (bits.flag()) bits.golomb();
    hasDecoderModel = bits.flag();
    if (hasDecoderModel) {
      delayBits = bits.bits(5) + 1;
      bits.skip(32 + 5 + 5);
    }
  }
  const hasInitialDelay = bits.flag();
  const count = bits.bits(5) + 1;
  let first = { level: 0, tier: 0 };
  for (let index = 0; index < count; index += 1) {
    bits.skip(12);
    const level = bits.bits(5);
    const tier = level > 7 ? bits.bits(1) : 0;
    if (hasDecoderModel && bits.flag()) bits.skip(2 * delayBits + 1);
    if (hasInitialDelay && bits.flag()) bits.skip(4);
    if (index === 0) first = { level, tier };
  }
  return first;
}

/** Skips the coding tools between the size and the color configuration. */
function skipTools(bits: BitReader, isReduced: boolean): void {
  if (!isReduced && bits.flag()) bits.skip(4 + 3);
  bits.skip(3);
  if (!isReduced) {
    bits.skip(4);
    const hasOrderHint = bits.flag();
    if (hasOrderHint) bits.skip(2);
    const choosesScreenTools = bits.flag();
    const forcesScreenTools = choosesScreenTools ? 2 : bits.bits(1);
    if (forcesScreenTools > 0 && !bits.flag()) bits.skip(1);
    if (hasOrderHint) bits.skip(3);
  }
  bits.skip(3);
}

function padded(value: number): string {
  return String(value).padStart(2, '0');
}
