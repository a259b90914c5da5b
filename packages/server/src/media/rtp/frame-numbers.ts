/** Marks of packets that are not sent. */
export const droppedFrame = -1;
/** Mark of packets without frame numbers. */
export const unnumberedFrame = -2;

/**
 * Keeps the frame numbers inside a codec's payloads continuous for one viewer, whatever sources its packets come from, and
 * leaves out frames that others do not need. A mark is what one packet's frame is called: {@link droppedFrame},
 * {@link unnumberedFrame}, or a number that only its maker understands; a repeated packet is written with the mark it had.
 */
export interface FrameNumbers {
  /** Highest temporal layer that is wanted; lower ones take effect at the next frame, higher ones where decoders can follow. */
  maxTemporalId: number;
  /** Highest temporal layer that came lately, sent or not. */
  readonly highestTemporalId: number;
  /** The next packet comes from another source. */
  begin(): void;
  /** The mark of the payload between `start` and `end`. */
  mark(buffer: Uint8Array, start: number, end: number): number;
  /** Writes the mark into a copy of the payload that starts at `start`. */
  write(buffer: Uint8Array, start: number, end: number, mark: number): void;
}
