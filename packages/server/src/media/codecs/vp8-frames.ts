import { joinBytes, type CodedFrame, type FrameAssembler, type VideoFormat } from './frame-assembler.ts';
import { createVp8Descriptor, readVp8Descriptor } from './vp8-descriptor.ts';

const descriptor = createVp8Descriptor();

/** VP8 (RFC 7741): a frame is its packets without their descriptors. */
export class Vp8Frames implements FrameAssembler {
  #parts: Uint8Array[] = [];
  #isBroken = false;

  add(buffer: Uint8Array, start: number, end: number): void {
    if (
      !readVp8Descriptor(buffer, start, end, descriptor) ||
      descriptor.startsFrame === this.#parts.length > 0
    ) {
      this.#isBroken = true;
      return;
    }
    this.#parts.push(buffer.subarray(descriptor.headerPosition, end));
  }

  take(): CodedFrame | undefined {
    const parts = this.#parts;
    const isBroken = this.#isBroken || parts.length === 0;
    this.reset();
    if (isBroken) return undefined;
    const data = joinBytes(parts);
    if (((data[0] ?? 1) & 0x01) !== 0) return { data, isKey: false };
    const format = readVp8Format(data);
    return format && { data, isKey: true, format };
  }

  reset(): void {
    this.#parts = [];
    this.#isBroken = false;
  }
}

/** Start code and size of a key frame (RFC 6386, section 9.1); undefined without a start code. */
function readVp8Format(data: Uint8Array): VideoFormat | undefined {
  if (data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a || data.length < 10) return undefined;
  const widthPx = ((data[6] ?? 0) | ((data[7] ?? 0) << 8)) & 0x3fff;
  const heightPx = ((data[8] ?? 0) | ((data[9] ?? 0) << 8)) & 0x3fff;
  return widthPx > 0 && heightPx > 0 ? { codecString: 'vp8', widthPx, heightPx } : undefined;
}
