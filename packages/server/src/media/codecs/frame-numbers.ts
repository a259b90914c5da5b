/** Mark of a packet that is not sent. */
export const droppedFrame = -1;
/** Mark of a packet without frame numbers. */
export const unnumberedFrame = -2;

/**
 * Keeps the frame numbers inside a codec's payloads continuous for one viewer, whatever sources its packets come from,
 * and drops frames that no other frame needs. A mark identifies one packet's frame: {@link droppedFrame}, {@link
 * unnumberedFrame}, or a number that only its creator understands; a repeated packet is written with its original
 * mark.
 */
export interface FrameNumbers {
  /**
   * Highest temporal layer to send; lower values take effect at the next frame, higher ones where decoders can follow.
   */
  maxTemporalId: number;
  /** Highest temporal layer that arrived lately, sent or not. */
  readonly highestTemporalId: number;
  /** Call it when the next packet comes from another source. */
  begin(): void;
  /** The mark of the payload between `start` and `end`. */
  mark(buffer: Uint8Array, start: number, end: number): number;
  /** Writes the mark into a copy of the payload that starts at `start`. */
  write(buffer: Uint8Array, start: number, end: number, mark: number): void;
}
