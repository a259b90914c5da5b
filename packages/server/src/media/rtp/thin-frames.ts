import { roomToRise, roomToStay } from './layer-choice.ts';

/** Share of a stream that the temporal layers up to each take, by the number of layers (as libwebrtc divides them). */
const shares: readonly (readonly number[])[] = [[1], [0.6, 1], [0.4, 0.6, 1], [0.25, 0.4, 0.6, 1]];

/** What decides how many frames of a stream go to one viewer. */
export interface ThinningQuestion {
  /** What the stream takes with all of its frames, in bits per second. */
  readonly needBps: number;
  /** What the link carries for it; undefined when nothing is known. */
  readonly estimateBps: number | undefined;
  /** Highest temporal layer of the stream. */
  readonly highestTemporalId: number;
  /** Highest temporal layer that is sent now; -1 for none. */
  readonly current: number;
}

/** The highest temporal layer that the link carries; -1 when not even the frames of the lowest fit. */
export function thinFrames({ needBps, estimateBps, highestTemporalId, current }: ThinningQuestion): number {
  if (estimateBps === undefined) return highestTemporalId;
  const layers = shares[highestTemporalId] ?? [1];
  return layers.findLastIndex((share, temporalId) =>
    temporalId <= current
      ? needBps * share <= estimateBps * roomToStay
      : needBps * share * roomToRise <= estimateBps,
  );
}

/** Share of a stream that its frames up to a temporal layer take; 1 from the highest layer on. */
export function shareOfFrames(temporalId: number, highestTemporalId: number): number {
  return shares[highestTemporalId]?.[temporalId] ?? 1;
}
