/** What shows how large a layer is. */
export interface LayerSize {
  /** Undefined until a key frame says it, or if the codec does not. */
  readonly heightPx: number | undefined;
  /** 0 if unknown, as while the layer does not arrive. */
  readonly bitrateBps: number;
}

/** Bitrates fluctuate, so layers change places only if they differ by more than this. */
const clearlyMore = 1.5;

/**
 * Sorts layers by size, smallest first: by height where both are known and differ, otherwise by bitrate. `order` holds
 * the indexes of the layers in their former order, which stays where sizes are unknown or too similar.
 */
export function orderLayers(order: readonly number[], sizes: readonly LayerSize[]): readonly number[] {
  const sorted: number[] = [];
  for (const layer of order) {
    let place = sorted.length;
    while (place > 0 && isSmaller(sizes[layer], sizes[sorted[place - 1] ?? 0])) place -= 1;
    sorted.splice(place, 0, layer);
  }
  return sorted;
}

function isSmaller(one: LayerSize | undefined, other: LayerSize | undefined): boolean {
  if (!one || !other) return false;
  if (one.heightPx !== undefined && other.heightPx !== undefined && one.heightPx !== other.heightPx) {
    return one.heightPx < other.heightPx;
  }
  return one.bitrateBps > 0 && one.bitrateBps * clearlyMore < other.bitrateBps;
}
