/** What a browser begins with by itself (0.3 Mbps in Chromium) is too little for 720 lines, and it would begin with 180. */
const usualBps = 1_000_000;
/** Not all of what the sender may use, since sound and headers come on top. */
const shareOfCap = 0.9;

/** Where a publisher's encoder is to begin, in bits per second. `videoBitrateBps` is its cap; 0 for none. */
export function startBitrateFor(videoBitrateBps: number): number {
  return videoBitrateBps === 0 ? usualBps : Math.min(usualBps, Math.round(videoBitrateBps * shareOfCap));
}
