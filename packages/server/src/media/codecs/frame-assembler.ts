/** What a file says about the video in it, as a key frame says it. */
export interface VideoFormat {
  /** In the syntax of WebCodecs, such as `vp09.00.41.08`. */
  readonly codecString: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Configuration of the decoder, for codecs that keep it beside the frames. */
  readonly description?: Uint8Array;
}

/** One frame as a decoder takes it: what the publisher's encoder produced, without anything of RTP. */
export interface CodedFrame {
  readonly data: Uint8Array;
  /** Whether decoding can start here. */
  readonly isKey: boolean;
  /** How long it plays; absent for video. */
  readonly durationMs?: number;
  /** Set for each key frame of a video. */
  readonly format?: VideoFormat;
}

/**
 * Puts frames together from the payloads of RTP packets. The caller passes payloads in the sender's order, without a
 * missing one inside a frame, and says where a frame ends.
 */
export interface FrameAssembler {
  /** Takes the next payload of the current frame, which lies between `start` and `end`. Keeps a view into the buffer. */
  add(buffer: Uint8Array, start: number, end: number): void;
  /** Ends the current frame. Undefined if its payloads are no complete frame. */
  take(): CodedFrame | undefined;
  /** Drops the payloads of the current frame, and what is only valid without a loss. */
  reset(): void;
}

/** Joins views into one array of bytes. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}
