/**
 * The VP8 payload descriptor (RFC 7741, section 4.2). Positions are offsets into the packet; -1 if a field is absent.
 */
export interface Vp8Descriptor {
  /** Whether the packet is the first of its frame. */
  startsFrame: boolean;
  pictureIdPosition: number;
  /** 7 or 15. */
  pictureIdBits: number;
  pictureId: number;
  tl0Position: number;
  /** 0 without temporal layers. */
  temporalId: number;
  /** Whether the frame depends only on its base layer (Y). */
  isLayerSync: boolean;
  headerPosition: number;
}

/** A reusable descriptor, because one is read for each packet. */
export function createVp8Descriptor(): Vp8Descriptor {
  return {
    startsFrame: false,
    pictureIdPosition: -1,
    pictureIdBits: 0,
    pictureId: 0,
    tl0Position: -1,
    temporalId: 0,
    isLayerSync: false,
    headerPosition: 0,
  };
}

/** Reads the descriptor between `start` and `end`; false if it is truncated. */
export function readVp8Descriptor(
  buffer: Uint8Array,
  start: number,
  end: number,
  into: Vp8Descriptor,
): boolean {
  into.pictureIdPosition = -1;
  into.tl0Position = -1;
  into.temporalId = 0;
  into.isLayerSync = false;
  if (start >= end) return false;
  const first = buffer[start] ?? 0;
  into.startsFrame = (first & 0x1f) === 0x10;
  let position = start + 1;
  if (first & 0x80) {
    const extended = buffer[position] ?? 0;
    position += 1;
    if (extended & 0x80) {
      const high = buffer[position] ?? 0;
      into.pictureIdPosition = position;
      into.pictureIdBits = high & 0x80 ? 15 : 7;
      into.pictureId = high & 0x80 ? ((high & 0x7f) << 8) | (buffer[position + 1] ?? 0) : high;
      position += high & 0x80 ? 2 : 1;
    }
    if (extended & 0x40) {
      into.tl0Position = position;
      position += 1;
    }
    if (extended & 0x30) {
      const layers = buffer[position] ?? 0;
      if (extended & 0x20) {
        into.temporalId = layers >> 6;
        into.isLayerSync = (layers & 0x20) !== 0;
      }
      position += 1;
    }
  }
  into.headerPosition = position;
  return position < end;
}

const scratch = createVp8Descriptor();

/** VP8: the first packet of a frame (S=1, partition 0) whose frame header has the P bit clear (RFC 7741, section 4). */
export function startsVp8KeyFrame(buffer: Uint8Array, start: number, end: number): boolean {
  if (((buffer[start] ?? 0) & 0x1f) !== 0x10 || !readVp8Descriptor(buffer, start, end, scratch)) return false;
  return ((buffer[scratch.headerPosition] ?? 1) & 0x01) === 0;
}

/** VP8: the 14 bits of height that follow frame tag, start code and width in a key frame (RFC 6386, section 9.1). */
export function vp8KeyFrameHeightPx(buffer: Uint8Array, start: number, end: number): number | undefined {
  if (!readVp8Descriptor(buffer, start, end, scratch)) return undefined;
  const position = scratch.headerPosition;
  if (position + 10 > end) return undefined;
  const isStartCode =
    buffer[position + 3] === 0x9d && buffer[position + 4] === 0x01 && buffer[position + 5] === 0x2a;
  if (!isStartCode) return undefined;
  const heightPx = ((buffer[position + 8] ?? 0) | ((buffer[position + 9] ?? 0) << 8)) & 0x3fff;
  return heightPx > 0 ? heightPx : undefined;
}
