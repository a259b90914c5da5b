import { BitReader } from './bit-reader.ts';

/** What a sequence parameter set says about the video. */
export interface ParameterSet {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly chroma: { readonly format: number; readonly lumaDepth: number; readonly chromaDepth: number };
}

/** Profiles that say more about their samples. */
const detailedProfiles: readonly number[] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/** Reads a sequence parameter set, a whole NAL unit (H.264, section 7.3.2.1.1); undefined if it is truncated. */
export function readParameterSet(unit: Uint8Array): ParameterSet | undefined {
  const bits = new BitReader(withoutEmulationPrevention(unit));
  bits.skip(8);
  const profile = bits.bits(8);
  bits.skip(16);
  bits.golomb();
  const chroma = detailedProfiles.includes(profile)
    ? readChroma(bits)
    : { format: 1, lumaDepth: 8, chromaDepth: 8 };
  bits.golomb();
  skipPictureOrder(bits);
  bits.golomb();
  bits.skip(1);
  const widthInBlocks = bits.golomb() + 1;
  const heightInUnits = bits.golomb() + 1;
  const isProgressive = bits.flag();
  if (!isProgressive) bits.skip(1);
  bits.skip(1);
  const [left, right, top, bottom] = bits.flag()
    ? [bits.golomb(), bits.golomb(), bits.golomb(), bits.golomb()]
    : [0, 0, 0, 0];
  if (bits.isPastEnd) return undefined;
  const fields = isProgressive ? 1 : 2;
  const cropX = chroma.format === 1 || chroma.format === 2 ? 2 : 1;
  const cropY = (chroma.format === 1 ? 2 : 1) * fields;
  const widthPx = widthInBlocks * 16 - (left + right) * cropX;
  const heightPx = heightInUnits * 16 * fields - (top + bottom) * cropY;
  return widthPx > 0 && heightPx > 0 ? { widthPx, heightPx, chroma } : undefined;
}

function readChroma(bits: BitReader): ParameterSet['chroma'] {
  const format = bits.golomb();
  if (format === 3) bits.skip(1);
  const lumaDepth = 8 + bits.golomb();
  const chromaDepth = 8 + bits.golomb();
  bits.skip(1);
  const lists = bits.flag() ? (format === 3 ? 12 : 8) : 0;
  for (let list = 0; list < lists; list += 1) {
    if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64);
  }
  return { format, lumaDepth, chromaDepth };
}

function skipScalingList(bits: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let index = 0; index < size; index += 1) {
    if (next !== 0) next = (last + bits.signedGolomb() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

function skipPictureOrder(bits: BitReader): void {
  const type = bits.golomb();
  if (type === 0) bits.golomb();
  if (type !== 1) return;
  bits.skip(1);
  bits.signedGolomb();
  bits.signedGolomb();
  const cycle = Math.min(255, bits.golomb());
  for (let index = 0; index < cycle; index += 1) bits.signedGolomb();
}

/** The bytes without the 3 that follows two zeros (H.264, section 7.4.1). */
function withoutEmulationPrevention(unit: Uint8Array): Uint8Array {
  return unit.filter((byte, index) => !(byte === 3 && unit[index - 1] === 0 && unit[index - 2] === 0));
}
