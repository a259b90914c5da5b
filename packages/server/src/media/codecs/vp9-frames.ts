import { BitReader } from './bit-reader.ts';
import { joinBytes, type CodedFrame, type FrameAssembler, type VideoFormat } from './frame-assembler.ts';

interface Vp9Payload {
  readonly isInterPicture: boolean;
  readonly startsFrame: boolean;
  readonly spatialLayer: number;
  /** The size of the largest spatial layer; absent without a scalability structure. */
  readonly largest?: { readonly widthPx: number; readonly heightPx: number } | undefined;
  readonly dataStart: number;
}

/**
 * VP9 (RFC 9628). The frames of all spatial layers of a picture become one superframe, of which decoders show the last
 * frame.
 */
export class Vp9Frames implements FrameAssembler {
  #frames: Uint8Array[][] = [];
  #isInter = true;
  #largest: Vp9Payload['largest'];
  #isBroken = false;

  add(buffer: Uint8Array, start: number, end: number): void {
    const payload = readPayload(buffer, start, end);
    const current = this.#frames.at(-1);
    if (!payload || (!payload.startsFrame && !current)) {
      this.#isBroken = true;
      return;
    }
    if (!current) this.#isInter = payload.isInterPicture || payload.spatialLayer !== 0;
    this.#largest = payload.largest ?? this.#largest;
    const part = buffer.subarray(payload.dataStart, end);
    if (payload.startsFrame || !current) this.#frames.push([part]);
    else current.push(part);
  }

  take(): CodedFrame | undefined {
    const frames = this.#frames.map(joinBytes);
    const isKey = !this.#isInter;
    const largest = this.#largest;
    const isBroken = this.#isBroken || frames.length === 0;
    this.#clear();
    if (isBroken) return undefined;
    const data = superframe(frames);
    if (!isKey) return { data, isKey };
    const format = frames[0] && readVp9Format(frames[0]);
    return format && { data, isKey, format: { ...format, ...(frames.length > 1 && largest) } };
  }

  reset(): void {
    this.#clear();
    this.#largest = undefined;
  }

  #clear(): void {
    this.#frames = [];
    this.#isInter = true;
    this.#isBroken = false;
  }
}

const flags = {
  hasPictureId: 0x80,
  isInterPicture: 0x40,
  hasLayers: 0x20,
  isFlexible: 0x10,
  startsFrame: 0x08,
  hasStructure: 0x02,
} as const;

/** The payload descriptor (RFC 9628, section 4.2); undefined if it is truncated. */
function readPayload(buffer: Uint8Array, start: number, end: number): Vp9Payload | undefined {
  const first = buffer[start] ?? 0;
  let position = start + 1;
  if (first & flags.hasPictureId) position += (buffer[position] ?? 0) & 0x80 ? 2 : 1;
  let spatialLayer = 0;
  if (first & flags.hasLayers) {
    spatialLayer = ((buffer[position] ?? 0) >> 1) & 0x07;
    position += first & flags.isFlexible ? 1 : 2;
  }
  if (first & flags.isFlexible && first & flags.isInterPicture) {
    let references = 1;
    while ((buffer[position] ?? 0) & 0x01 && references < 3) {
      position += 1;
      references += 1;
    }
    position += 1;
  }
  let largest: Vp9Payload['largest'];
  if (first & flags.hasStructure) {
    const structure = readStructure(buffer, position);
    position = structure.end;
    largest = structure.largest;
  }
  if (position >= end) return undefined;
  return {
    isInterPicture: (first & flags.isInterPicture) !== 0,
    startsFrame: (first & flags.startsFrame) !== 0,
    spatialLayer,
    largest,
    dataStart: position,
  };
}

/** The scalability structure (RFC 9628, section 4.2.1). */
function readStructure(buffer: Uint8Array, start: number): { end: number; largest: Vp9Payload['largest'] } {
  const first = buffer[start] ?? 0;
  const layers = (first >> 5) + 1;
  let position = start + 1;
  let largest: Vp9Payload['largest'];
  if (first & 0x10) {
    const last = position + (layers - 1) * 4;
    largest = { widthPx: readUint16(buffer, last), heightPx: readUint16(buffer, last + 2) };
    position += layers * 4;
  }
  if (first & 0x08) {
    const pictures = buffer[position] ?? 0;
    position += 1;
    for (let index = 0; index < pictures; index += 1) {
      const references = ((buffer[position] ?? 0) >> 2) & 0x03;
      position += 1 + references;
    }
  }
  return { end: position, largest };
}

function readUint16(buffer: Uint8Array, position: number): number {
  return ((buffer[position] ?? 0) << 8) | (buffer[position + 1] ?? 0);
}

const sizeBytes = 4;

/** Frames of one picture with the index by which decoders find them (VP9 bitstream specification, annex B). */
function superframe(frames: readonly Uint8Array[]): Uint8Array {
  if (frames.length < 2) return joinBytes(frames);
  const marker = 0xc0 | ((sizeBytes - 1) << 3) | (frames.length - 1);
  const index = Buffer.alloc(2 + frames.length * sizeBytes, marker);
  for (const [place, { length }] of frames.entries()) index.writeUInt32LE(length, 1 + place * sizeBytes);
  return joinBytes([...frames, index]);
}

const syncCode = 0x49_83_42;
const srgb = 7;

/** Profile and size in the header of a key frame (VP9 bitstream specification, section 6.2); undefined for another. */
function readVp9Format(frame: Uint8Array): VideoFormat | undefined {
  const bits = new BitReader(frame);
  if (bits.bits(2) !== 2) return undefined;
  const low = bits.bits(1);
  const profile = low + 2 * bits.bits(1);
  if (profile === 3) bits.skip(1);
  const showsExisting = bits.flag();
  const isKey = !bits.flag();
  bits.skip(2);
  if (showsExisting || !isKey || bits.bits(24) !== syncCode) return undefined;
  const bitDepth = profile < 2 ? 8 : bits.flag() ? 12 : 10;
  const isSrgb = bits.bits(3) === srgb;
  const hasSubsampling = profile === 1 || profile === 3;
  if (!isSrgb) bits.skip(hasSubsampling ? 4 : 1);
  else if (hasSubsampling) bits.skip(1);
  const widthPx = bits.bits(16) + 1;
  const heightPx = bits.bits(16) + 1;
  if (bits.isPastEnd) return undefined;
  const level = widthPx * heightPx > 2_228_224 ? 51 : 41;
  const depth = String(bitDepth).padStart(2, '0');
  return { codecString: `vp09.0${profile}.${level}.${depth}`, widthPx, heightPx };
}
