/**
 * A relay's byte stream is a sequence of frames: the size of the content (2 bytes), what the frame is, the section and the layer
 * that it belongs to (1 byte each), and the content.
 */
export const frameKind = { hello: 0, state: 1, demand: 2, rtp: 3, rtcp: 4 } as const;

export type FrameKind = (typeof frameKind)[keyof typeof frameKind];

/** One frame. The content is a view into memory that stays as it is. */
export interface RelayFrame {
  readonly kind: number;
  readonly section: number;
  readonly layer: number;
  readonly content: Buffer;
}

const headerBytes = 5;
/** @throws RangeError when the content is larger than 65,535 bytes */
export function writeFrame(kind: FrameKind, content: Uint8Array, section = 0, layer = 0): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + content.length);
  frame.writeUInt16BE(content.length, 0);
  frame.writeUInt8(kind, 2);
  frame.writeUInt8(section, 3);
  frame.writeUInt8(layer, 4);
  frame.set(content, headerBytes);
  return frame;
}

/** Cuts a byte stream into its frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Takes the next bytes, and returns the frames that they complete. */
  read(bytes: Buffer): RelayFrame[] {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const frames: RelayFrame[] = [];
    let position = 0;
    while (position + headerBytes <= all.length) {
      const end = position + headerBytes + all.readUInt16BE(position);
      if (end > all.length) break;
      frames.push({
        kind: all.readUInt8(position + 2),
        section: all.readUInt8(position + 3),
        layer: all.readUInt8(position + 4),
        content: all.subarray(position + headerBytes, end),
      });
      position = end;
    }
    this.#rest = all.subarray(position);
    return frames;
  }
}
