import type { MediaFacts } from '../media/media-router.ts';

const best = 100;
const worst = 30;
/** No media arrive although they should. */
const silent = 20;
/** How many points one percent of packet loss costs: voice with in-band FEC hides more than video. */
const lossWeight = { audio: 5.3, video: 10 } as const;

/**
 * Rates one stream at one peer, from 30 (or 20 when nothing flows) to 100: 100 minus the costs of delay and packet
 * loss. The delay counts half the round-trip time plus twice the jitter, mildly up to 160 ms and steeply beyond, as in
 * the E-model (ITU-T G.107); each percent of loss costs by kind.
 */
export function mediaScore({ kind, bitrateBps, lossRatio, jitterMs, roundTripMs = 0 }: MediaFacts): number {
  if (bitrateBps === 0) return silent;
  const delayMs = roundTripMs / 2 + 2 * jitterMs;
  const delayCost = delayMs <= 160 ? delayMs / 40 : (delayMs - 120) / 10;
  const lossCost = lossRatio * 100 * lossWeight[kind];
  return Math.max(worst, Math.round(best - delayCost - lossCost));
}

/** The platform's grade of a score. */
export function gradeOf(score: number): 'OPTIMAL' | 'SUBOPTIMAL' | 'BAD' {
  if (score > 80) return 'OPTIMAL';
  return score > 40 ? 'SUBOPTIMAL' : 'BAD';
}

/** Smooths a score: it falls fast and rises slowly, so that one good measurement does not hide a bad link. */
export function smoothScore(former: number | undefined, score: number): number {
  if (former === undefined) return score;
  const weight = score < former ? 0.8 : 0.4;
  return weight * score + (1 - weight) * former;
}
