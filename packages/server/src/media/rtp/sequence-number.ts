const span = 0x1_0000;
const half = 0x8000;

/**
 * The number that `sequenceNumber` (16 bits) stands for, being the one nearest to `reference`.
 * Extended numbers never wrap, so they can be compared and subtracted; they may go below zero.
 */
export function extendSequenceNumber(sequenceNumber: number, reference: number): number {
  const difference = (sequenceNumber - reference) & 0xffff;
  return reference + (difference < half ? difference : difference - span);
}

/** The 16 bits of an extended number that go onto the wire. */
export function wireSequenceNumber(extended: number): number {
  return extended & 0xffff;
}
