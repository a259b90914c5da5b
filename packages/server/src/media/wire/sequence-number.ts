const span = 0x1_0000;
const half = 0x8000;

/**
 * The full number behind `sequenceNumber` (16 bits): the one nearest to `reference`. Extended numbers never wrap, so
 * they can be compared and subtracted; they may be negative.
 */
export function extendSequenceNumber(sequenceNumber: number, reference: number): number {
  const difference = (sequenceNumber - reference) & 0xffff;
  return reference + (difference < half ? difference : difference - span);
}

/** The 16 bits of an extended number, for the wire. */
export function wireSequenceNumber(extended: number): number {
  return extended & 0xffff;
}
