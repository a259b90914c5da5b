/**
 * How far a meter goes for a loudness as `createLevelMeter` reports it, from 0 to 1. Hearing is logarithmic: speech measures about
 * 0.05, which a linear meter would barely show.
 */
export function shownLevel(loudness: number): number {
  return Math.min(1, Math.sqrt(loudness) * 1.5);
}
