import { roomToRise, roomToStay } from '../bandwidth/share-link.ts';

/** Cumulative share of each temporal layer in a stream, by the number of layers (as libwebrtc divides them). */
const shares: readonly (readonly number[])[] = [[1], [0.6, 1], [0.4, 0.6, 1], [0.25, 0.4, 0.6, 1]];

/** The input to the choice of how many frames one viewer receives. */
export interface ThinningQuestion {
  /** The stream's bitrate with all frames, in bits per second. */
  readonly needBps: number;
  /** The link's capacity for it; undefined when unknown. */
  readonly estimateBps: number | undefined;
  /** Highest temporal layer of the stream. */
  readonly highestTemporalId: number;
  /** Highest temporal layer sent now; -1 for none. */
  readonly current: number;
}

/** The highest temporal layer that the link carries; -1 if not even the lowest layer fits. */
export function thinFrames({ needBps, estimateBps, highestTemporalId, current }: ThinningQuestion): number {
  if (estimateBps === undefined) return highestTemporalId;
  const layers = shares[highestTemporalId] ?? [1];
  return layers.findLastIndex((share, temporalId) =>
    temporalId <= current
      ? needBps * share <= estimateBps * roomToStay
      : needBps * share * roomToRise <= estimateBps,
  );
}

/** Share of a stream's bitrate up to a temporal layer; 1 from the highest layer on. */
export function shareOfFrames(temporalId: number, highestTemporalId: number): number {
  return shares[highestTemporalId]?.[temporalId] ?? 1;
}
