/** Longer than any packet that a network transports. */
const longestBytes = 2_048;
const memory = Buffer.allocUnsafeSlow(longestBytes);
const views: (Buffer | undefined)[] = Array.from({ length: longestBytes + 1 });

/**
 * A buffer of this size with undefined content. The next call returns the same memory, so that a packet for each of
 * many viewers creates no garbage: copy it to keep it.
 */
export function reusedBuffer(byteCount: number): Buffer {
  if (byteCount > longestBytes) return Buffer.allocUnsafe(byteCount);
  return (views[byteCount] ??= memory.subarray(0, byteCount));
}
