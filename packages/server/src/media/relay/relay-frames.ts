/**
 * A relay's byte stream is a sequence of frames: the size of the content (2 bytes), what the frame is, the section and the layer
 * that it belongs to (1 byte each), and the content.
 */
export const frameKind = { ask: 0, state: 1, demand: 2, rtp: 3, rtcp: 4, offer: 5 } as const;

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

/** The frame that starts here, and where it ends; undefined if it has not come whole. */
export function frameAt(bytes: Buffer, start: number): (RelayFrame & { readonly end: number }) | undefined {
  const contentStart = start + headerBytes;
  if (contentStart > bytes.length) return undefined;
  const end = contentStart + bytes.readUInt16BE(start);
  if (end > bytes.length) return undefined;
  return {
    kind: bytes.readUInt8(start + 2),
    section: bytes.readUInt8(start + 3),
    layer: bytes.readUInt8(start + 4),
    content: bytes.subarray(contentStart, end),
    end,
  };
}

/** Cuts a byte stream into its frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Takes the next bytes, and returns the frames that they complete. */
  read(bytes: Buffer): RelayFrame[] {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const frames: RelayFrame[] = [];
    let position = 0;
    for (let frame = frameAt(all, 0); frame; frame = frameAt(all, position)) {
      frames.push(frame);
      position = frame.end;
    }
    this.#rest = all.subarray(position);
    return frames;
  }
}
