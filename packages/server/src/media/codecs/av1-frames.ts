import { readSequenceHeader } from './av1-sequence-header.ts';
import { joinBytes, type CodedFrame, type FrameAssembler } from './frame-assembler.ts';

const unitTypes = { sequenceHeader: 1, temporalDelimiter: 2, tileList: 8, padding: 15 } as const;
const flags = { continues: 0x80, isContinued: 0x40, startsSequence: 0x08 } as const;

/**
 * AV1 (aomediacodec.github.io/av1-rtp-spec, section 4): a frame is its open bitstream units, each with its size, and
 * without the delimiters that files replace.
 */
export class Av1Frames implements FrameAssembler {
  #units: Uint8Array[] = [];
  /** The parts of a unit that continues in the next packet. */
  #open: Uint8Array[] = [];
  #startsSequence = false;
  #isBroken = false;

  add(buffer: Uint8Array, start: number, end: number): void {
    const aggregation = buffer[start] ?? 0;
    if (((aggregation & flags.continues) !== 0) !== this.#open.length > 0) {
      this.#isBroken = true;
      return;
    }
    if (this.#units.length === 0 && this.#open.length === 0) {
      this.#startsSequence = (aggregation & flags.startsSequence) !== 0;
    }
    const elements = readElements(buffer, start + 1, end, (aggregation >> 4) & 0x03);
    if (!elements) {
      this.#isBroken = true;
      return;
    }
    const isContinued = (aggregation & flags.isContinued) !== 0;
    for (const [index, element] of elements.entries()) {
      this.#open.push(element);
      if (!isContinued || index < elements.length - 1) this.#closeUnit();
    }
  }

  take(): CodedFrame | undefined {
    const units = this.#units;
    const isBroken = this.#isBroken || this.#open.length > 0 || units.length === 0;
    const startsSequence = this.#startsSequence;
    this.reset();
    if (isBroken) return undefined;
    const sequence = startsSequence
      ? units.find((unit) => typeOf(unit) === unitTypes.sequenceHeader)
      : undefined;
    const data = joinBytes(units.map(withSize));
    if (!sequence) return { data, isKey: false };
    const format = readSequenceHeader(payloadOf(sequence));
    return format && { data, isKey: true, format };
  }

  reset(): void {
    this.#units = [];
    this.#open = [];
    this.#startsSequence = false;
    this.#isBroken = false;
  }

  #closeUnit(): void {
    const unit = joinBytes(this.#open);
    this.#open = [];
    const type = typeOf(unit);
    const isOfStream =
      type === unitTypes.temporalDelimiter || type === unitTypes.tileList || type === unitTypes.padding;
    if (unit.length > 0 && !isOfStream) this.#units.push(unit);
  }
}

/** The elements of a payload: each after its length, except the last one of `count`; undefined if one is truncated. */
function readElements(
  buffer: Uint8Array,
  start: number,
  end: number,
  count: number,
): readonly Uint8Array[] | undefined {
  const elements: Uint8Array[] = [];
  let position = start;
  while (position < end) {
    if (count > 0 && elements.length === count - 1) {
      elements.push(buffer.subarray(position, end));
      return elements;
    }
    const { value: length, next } = readLeb128(buffer, position);
    if (next + length > end) return undefined;
    elements.push(buffer.subarray(next, next + length));
    position = next + length;
  }
  return elements;
}

function typeOf(unit: Uint8Array): number {
  return ((unit[0] ?? 0) >> 3) & 0x0f;
}

const hasSizeFlag = 0x02;

function headerBytes(unit: Uint8Array): number {
  return (unit[0] ?? 0) & 0x04 ? 2 : 1;
}

/** The unit with its size, which senders omit. */
function withSize(unit: Uint8Array): Uint8Array {
  const first = unit[0] ?? 0;
  if (first & hasSizeFlag) return unit;
  const bytes = headerBytes(unit);
  // A slice of a Buffer would be the packet itself, which viewers share.
  const header = Uint8Array.from(unit.subarray(0, bytes));
  header[0] = first | hasSizeFlag;
  return joinBytes([header, leb128(unit.length - bytes), unit.subarray(bytes)]);
}

function payloadOf(unit: Uint8Array): Uint8Array {
  const bytes = headerBytes(unit);
  return unit.subarray((unit[0] ?? 0) & hasSizeFlag ? readLeb128(unit, bytes).next : bytes);
}

/** A number of up to 8 groups of 7 bits, the lowest first (AV1 specification, section 4.10.5). */
function readLeb128(buffer: Uint8Array, start: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = buffer[start + index] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return { value, next: start + index + 1 };
  }
  return { value, next: start + 8 };
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.of(...bytes, rest);
}
