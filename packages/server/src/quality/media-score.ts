import type { MediaFacts } from '../media/media-router.ts';

const best = 100;
const worst = 30;
/** Nothing arrives although something should. */
const silent = 20;
/** How much one per cent of loss costs: voice with in-band repair hides more than a picture. */
const lossWeight = { audio: 5.3, video: 10 } as const;

/**
 * How good one stream is for one peer, from 30 (or 20 when nothing flows) to 100: 100 less what delay and loss take
 * away. The delay counts half of the round trip and twice the jitter, mildly up to 160 ms and steeply beyond, as in the
 * E-model (ITU-T G.107); each per cent of loss counts by kind.
 */
export function mediaScore({ kind, bitrateBps, lossRatio, jitterMs, roundTripMs = 0 }: MediaFacts): number {
  if (bitrateBps === 0) return silent;
  const delayMs = roundTripMs / 2 + 2 * jitterMs;
  const delayCost = delayMs <= 160 ? delayMs / 40 : (delayMs - 120) / 10;
  const lossCost = lossRatio * 100 * lossWeight[kind];
  return Math.max(worst, Math.round(best - delayCost - lossCost));
}

/** The platform's verdict on a score. */
export function gradeOf(score: number): 'OPTIMAL' | 'SUBOPTIMAL' | 'BAD' {
  if (score > 80) return 'OPTIMAL';
  return score > 40 ? 'SUBOPTIMAL' : 'BAD';
}

/** Falls fast and rises slowly, so that one good moment does not hide a bad link. */
export function smoothScore(former: number | undefined, score: number): number {
  if (former === undefined) return score;
  const weight = score < former ? 0.8 : 0.4;
  return weight * score + (1 - weight) * former;
}
