import { roomToRise, roomToStay } from '../bandwidth/share-link.ts';

/** The state of one layer of a video. */
export interface LayerFacts {
  /** Its current bitrate; 0 while it is not arriving. */
  readonly bitrateBps: number;
  /** Undefined when unknown. */
  readonly heightPx: number | undefined;
  readonly isLive: boolean;
}

/** The input to the choice of a viewer's layer. */
export interface LayerQuestion {
  /** Smallest first. */
  readonly layers: readonly LayerFacts[];
  /** The link's capacity for video; undefined when unknown, so that nothing is held back. */
  readonly estimateBps: number | undefined;
  /** Height at which the viewer shows the video; undefined for the largest available. */
  readonly maxHeightPx: number | undefined;
  /** The layer sent now; undefined for none. */
  readonly current: number | undefined;
  /** A larger layer that was chosen before and waits for its key frame; undefined for none. */
  readonly rising?: number | undefined;
  /** Whether a rise is allowed; a failed rise forbids the next for a while. */
  readonly mayRise: boolean;
}

export interface LayerDecision {
  /** The layer to send; undefined while none arrives. */
  readonly layer: number | undefined;
  /** The largest layer that is useful to the viewer, whatever its link carries. */
  readonly largestUseful: number;
}

/**
 * Chooses the layer for one viewer: of those that arrive, the smallest that fills the shown size, or the largest below
 * it that the link carries. Sends the smallest layer even if the estimate is smaller.
 */
export function chooseLayer(question: LayerQuestion): LayerDecision {
  const { layers, estimateBps, current, rising, mayRise } = question;
  const largestUseful = largestUsefulLayer(layers, question.maxHeightPx);
  const live = layers.flatMap(({ isLive }, index) => (isLive ? [index] : []));
  // A layer above the useful size is better than nothing when no other arrives.
  const allowed = live.filter((index) => index <= largestUseful);
  const choices = allowed.length > 0 ? allowed : live.slice(0, 1);
  const smallest = choices[0];
  if (smallest === undefined) return { layer: undefined, largestUseful };

  const fits = (index: number): boolean => {
    if (estimateBps === undefined) return mayRise || current === undefined || index <= current;
    const needBps = layers[index]?.bitrateBps ?? 0;
    if (current === undefined || index < current) return needBps <= estimateBps;
    if (index === current || index === rising) return needBps <= estimateBps * roomToStay;
    return mayRise && needBps * roomToRise <= estimateBps;
  };
  return { layer: choices.findLast(fits) ?? smallest, largestUseful };
}

/** The smallest layer that is at least as high as the shown size; the largest if none is. */
export function largestUsefulLayer(
  layers: readonly Pick<LayerFacts, 'heightPx'>[],
  maxHeightPx: number | undefined,
): number {
  const largest = layers.length - 1;
  if (maxHeightPx === undefined) return largest;
  const filling = layers.findIndex(({ heightPx }) => heightPx !== undefined && heightPx >= maxHeightPx);
  return filling < 0 ? largest : filling;
}
