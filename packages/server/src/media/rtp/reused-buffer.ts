/** Longer than any packet that a network passes on. */
const longestBytes = 2_048;
const memory = Buffer.allocUnsafeSlow(longestBytes);
const views: (Buffer | undefined)[] = Array.from({ length: longestBytes + 1 });

/**
 * A buffer of so many bytes with anything in it. The next call gives the same memory away again, so that a packet for each of
 * many viewers is no garbage: whoever keeps one has to copy it.
 */
export function reusedBuffer(byteCount: number): Buffer {
  if (byteCount > longestBytes) return Buffer.allocUnsafe(byteCount);
  return (views[byteCount] ??= memory.subarray(0, byteCount));
}
