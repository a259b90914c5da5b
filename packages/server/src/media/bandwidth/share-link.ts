/** What one view would use of a link that it shares with others. */
export interface LinkDemand {
  /** Bits per second of its audio. */
  readonly audioBps: number;
  /**
   * Bits per second of each layer of its video that it may receive, smallest first. Empty if it needs no video now.
   */
  readonly layersBps: readonly number[];
  /** The least that keeps its video moving: of the smallest layer, the frames that no other frame needs to be dropped for. */
  readonly leastVideoBps: number;
  /** The layer that it receives, by its place in `layersBps`; undefined while its video has not started. */
  readonly current: number | undefined;
}

/** A rise needs this much more than the layer, so that the first small dip does not cause a fall. */
export const roomToRise = 1.15;
/** Where a view stays on its layer, the layer may be this much larger than its share, because encoders and estimates fluctuate. */
export const roomToStay = 1.1;

/**
 * Divides a link between the views of one viewer, in bits per second, in the order of `demands`. Their sum never exceeds the
 * capacity.
 *
 * Audio comes first. Then every view gets what keeps its video moving, then its smallest layer, then the next one, and so on: no
 * view rises before all others have what it has. What is left goes to those that have least: they stand still, or missed a
 * layer that others have; if there are none, to all.
 */
export function shareLink(capacityBps: number, demands: readonly LinkDemand[]): number[] {
  const audioBps = demands.reduce((sum, demand) => sum + demand.audioBps, 0);
  if (audioBps >= capacityBps) {
    return demands.map((demand) => (audioBps === 0 ? 0 : (capacityBps * demand.audioBps) / audioBps));
  }
  const video = demands.map(() => 0);
  let leftBps = capacityBps - audioBps;
  const raise = (index: number, toBps: number): boolean => {
    const missingBps = toBps - (video[index] ?? 0);
    // Rounding must not cost a view its layer.
    if (missingBps > leftBps + 1) return false;
    video[index] = Math.max(video[index] ?? 0, toBps);
    leftBps = Math.max(0, leftBps - Math.max(0, missingBps));
    return true;
  };
  const watching = demands.flatMap(({ layersBps }, index) => (layersBps.length > 0 ? [index] : []));
  const least = watching.toSorted((one, other) => leastOf(demands, one) - leastOf(demands, other));
  // Those that cannot even move get nothing for video, so that the others do.
  const moving = least.filter((index) => raise(index, leastOf(demands, index)));
  const standing = watching.filter((index) => !moving.includes(index));
  const most = standing.length > 0 ? 1 : Math.max(0, ...demands.map(({ layersBps }) => layersBps.length));
  let rising = moving;
  let missed = standing;
  for (let layer = 0; layer < most; layer += 1) {
    const candidates = rising.filter((index) => (demands[index]?.layersBps.length ?? 0) > layer);
    // Whoever has the layer keeps it, so that no two views take it from each other in turns; then the cheapest first.
    const inOrder = candidates.toSorted(
      (one, other) =>
        Number(has(demands[other], layer)) - Number(has(demands[one], layer)) ||
        needOf(demands[one], layer) - needOf(demands[other], layer),
    );
    rising = inOrder.filter((index) => raise(index, needOf(demands[index], layer)));
    if (rising.length === candidates.length) continue;
    if (missed.length === 0) missed = candidates.filter((index) => !rising.includes(index));
    break;
  }
  const everyone = [...demands.keys()];
  const takers = new Set([missed, watching, everyone].find((indexes) => indexes.length > 0));
  const extraBps = leftBps / takers.size;
  return demands.map(
    (demand, index) => demand.audioBps + (video[index] ?? 0) + (takers.has(index) ? extraBps : 0),
  );
}

function leastOf(demands: readonly LinkDemand[], index: number): number {
  return demands[index]?.leastVideoBps ?? 0;
}

/** What a view needs to receive a layer, or to keep it. Not less to keep it: the shares are older than the rates. */
function needOf(demand: LinkDemand | undefined, layer: number): number {
  const needBps = demand?.layersBps[layer] ?? 0;
  const isStart = demand?.current === undefined;
  return isStart || has(demand, layer) ? needBps : needBps * roomToRise;
}

function has(demand: LinkDemand | undefined, layer: number): boolean {
  return layer <= (demand?.current ?? -1);
}
