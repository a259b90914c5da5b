/** What is known of one layer of a video. */
export interface LayerFacts {
  /** What it takes now; 0 when it is not arriving. */
  readonly bitrateBps: number;
  /** Undefined when nothing tells. */
  readonly heightPx: number | undefined;
  readonly isLive: boolean;
}

/** What decides which layer a viewer gets. */
export interface LayerQuestion {
  /** The smallest first. */
  readonly layers: readonly LayerFacts[];
  /** What the viewer's link carries for video; undefined when nothing is known, so that nothing is held back. */
  readonly estimateBps: number | undefined;
  /** Height at which the viewer shows the video; undefined: as high as there is. */
  readonly maxHeightPx: number | undefined;
  /** Layer that is sent now; undefined for none. */
  readonly current: number | undefined;
  /** Larger layer that was chosen before and waits for its key frame; undefined for none. */
  readonly rising?: number | undefined;
  /** Whether an earlier rise that failed still forbids the next. */
  readonly mayRise: boolean;
}

export interface LayerDecision {
  /** Layer to send; undefined while none arrives. */
  readonly layer: number | undefined;
  /** Share of the chosen layer that the link carries, where it is below 1 and there is no smaller layer: time to drop frames. */
  readonly isTooMuch: boolean;
  /** Largest layer that the viewer has a use for, whatever its link carries. */
  readonly wanted: number;
}

/** A rise needs room, so that the first small dip is no reason to fall again. */
export const roomToRise = 1.15;
/** What is sent now, or is about to be, may exceed the estimate by this much, since encoders and estimates both swing. */
export const roomToStay = 1.1;

/**
 * The layer for one viewer: of those that arrive, the smallest that fills what is shown, or the largest below that which the
 * link carries. The smallest layer is sent however small the estimate is.
 */
export function chooseLayer(question: LayerQuestion): LayerDecision {
  const { layers, estimateBps, current, rising, mayRise } = question;
  const wanted = wantedLayer(layers, question.maxHeightPx);
  const live = layers.flatMap(({ isLive }, index) => (isLive ? [index] : []));
  // A layer above the wish is better than nothing when no other arrives.
  const allowed = live.filter((index) => index <= wanted);
  const choices = allowed.length > 0 ? allowed : live.slice(0, 1);
  const smallest = choices[0];
  if (smallest === undefined) return { layer: undefined, isTooMuch: false, wanted };

  const fits = (index: number): boolean => {
    if (estimateBps === undefined) return mayRise || current === undefined || index <= current;
    const needBps = layers[index]?.bitrateBps ?? 0;
    if (current === undefined || index < current) return needBps <= estimateBps;
    if (index === current || index === rising) return needBps <= estimateBps * roomToStay;
    return mayRise && needBps * roomToRise <= estimateBps;
  };
  const fitting = choices.findLast(fits);
  const layer = fitting ?? smallest;
  return { layer, isTooMuch: fitting === undefined, wanted };
}

/** The smallest layer that is at least as high as what is shown; the largest when none is. */
function wantedLayer(layers: readonly LayerFacts[], maxHeightPx: number | undefined): number {
  const largest = layers.length - 1;
  if (maxHeightPx === undefined) return largest;
  const filling = layers.findIndex(({ heightPx }) => heightPx !== undefined && heightPx >= maxHeightPx);
  return filling < 0 ? largest : filling;
}
