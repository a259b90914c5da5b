import { joinBytes, type CodedFrame, type FrameAssembler, type VideoFormat } from './frame-assembler.ts';
import { readParameterSet } from './h264-parameter-set.ts';

const unitTypes = {
  idrSlice: 5,
  sequenceSet: 7,
  pictureSet: 8,
  delimiter: 9,
  aggregate: 24,
  fragment: 28,
} as const;

/** H.264 (RFC 6184): a frame is its NAL units, each after its length, as in Matroska and MP4 files. */
export class H264Frames implements FrameAssembler {
  #units: Uint8Array[] = [];
  #fragments: Uint8Array[] = [];
  #isBroken = false;
  /** The newest parameter sets, because some senders send them only once. */
  #sequenceSet: Uint8Array | undefined;
  #pictureSet: Uint8Array | undefined;

  add(buffer: Uint8Array, start: number, end: number): void {
    const header = buffer[start] ?? 0;
    const type = header & 0x1f;
    if (end - start < 2 || (this.#fragments.length > 0 && type !== unitTypes.fragment)) this.#isBroken = true;
    else if (type === unitTypes.fragment) this.#addFragment(buffer, start, end);
    else if (type === unitTypes.aggregate) this.#addAggregate(buffer, start + 1, end);
    else if (type > 0 && type < unitTypes.aggregate) this.#addUnit(buffer.subarray(start, end));
    else this.#isBroken = true;
  }

  take(): CodedFrame | undefined {
    const units = this.#units;
    const isBroken = this.#isBroken || this.#fragments.length > 0 || units.length === 0;
    this.#clear();
    if (isBroken) return undefined;
    const isKey = units.some((unit) => typeOf(unit) === unitTypes.idrSlice);
    if (!isKey) return { data: lengthPrefixed(units), isKey };
    const format = this.#format();
    // A decoder needs the parameter sets, so a key frame without any is not one.
    return format && { data: lengthPrefixed(units), isKey, format };
  }

  reset(): void {
    this.#clear();
  }

  #clear(): void {
    this.#units = [];
    this.#fragments = [];
    this.#isBroken = false;
  }

  /** FU-A (RFC 6184, section 5.8). */
  #addFragment(buffer: Uint8Array, start: number, end: number): void {
    const fragmentHeader = buffer[start + 1] ?? 0;
    const isFirst = (fragmentHeader & 0x80) !== 0;
    if (isFirst !== (this.#fragments.length === 0)) {
      this.#isBroken = true;
      return;
    }
    if (isFirst) this.#fragments.push(Uint8Array.of(((buffer[start] ?? 0) & 0xe0) | (fragmentHeader & 0x1f)));
    this.#fragments.push(buffer.subarray(start + 2, end));
    if ((fragmentHeader & 0x40) === 0) return;
    this.#addUnit(joinBytes(this.#fragments));
    this.#fragments = [];
  }

  /** STAP-A (RFC 6184, section 5.7.1). */
  #addAggregate(buffer: Uint8Array, start: number, end: number): void {
    let position = start;
    while (position + 2 < end) {
      const length = ((buffer[position] ?? 0) << 8) | (buffer[position + 1] ?? 0);
      const unitEnd = position + 2 + length;
      if (length === 0 || unitEnd > end) {
        this.#isBroken = true;
        return;
      }
      this.#addUnit(buffer.subarray(position + 2, unitEnd));
      position = unitEnd;
    }
  }

  #addUnit(unit: Uint8Array): void {
    const type = typeOf(unit);
    if (type === unitTypes.sequenceSet) this.#sequenceSet = Uint8Array.from(unit);
    else if (type === unitTypes.pictureSet) this.#pictureSet = Uint8Array.from(unit);
    // Files mark the borders of frames themselves.
    if (type !== unitTypes.delimiter) this.#units.push(unit);
  }

  #format(): VideoFormat | undefined {
    const [sequenceSet, pictureSet] = [this.#sequenceSet, this.#pictureSet];
    const size = sequenceSet && readParameterSet(sequenceSet);
    if (!size || !pictureSet) return undefined;
    const profileLevel = Buffer.from(sequenceSet.subarray(1, 4)).toString('hex');
    const description = configuration(sequenceSet, pictureSet, size.chroma);
    return {
      codecString: `avc1.${profileLevel}`,
      widthPx: size.widthPx,
      heightPx: size.heightPx,
      description,
    };
  }
}

function typeOf(unit: Uint8Array): number {
  return (unit[0] ?? 0) & 0x1f;
}

function lengthPrefixed(units: readonly Uint8Array[]): Uint8Array {
  return joinBytes(
    units.flatMap((unit) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(unit.length);
      return [length, unit];
    }),
  );
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(length >> 8, length & 0xff);
}

/** Profiles whose configuration ends with the format of the samples. */
const highProfiles: readonly number[] = [100, 110, 122, 144, 244];

/** The AVCDecoderConfigurationRecord (ISO/IEC 14496-15, section 5.3.3.1). */
function configuration(
  sequenceSet: Uint8Array,
  pictureSet: Uint8Array,
  { format, lumaDepth, chromaDepth }: { format: number; lumaDepth: number; chromaDepth: number },
): Uint8Array {
  const [, profile = 0, compatibility = 0, level = 0] = sequenceSet;
  const isHigh = highProfiles.includes(profile);
  return joinBytes([
    Uint8Array.of(1, profile, compatibility, level, 0xff, 0xe1),
    lengthOf(sequenceSet),
    sequenceSet,
    Uint8Array.of(1),
    lengthOf(pictureSet),
    pictureSet,
    isHigh
      ? Uint8Array.of(0xfc | format, 0xf8 | (lumaDepth - 8), 0xf8 | (chromaDepth - 8), 0)
      : new Uint8Array(0),
  ]);
}
