/** One button of the bar, or one group of them, with its width in pixels. */
export interface BarItem {
  readonly id: string;
  /** With its words. */
  readonly widePx: number;
  /** As an icon alone. */
  readonly compactPx: number;
}

export interface BarFit {
  /** Whether buttons show icons alone. */
  readonly isCompact: boolean;
  /** What has no room in the bar, and moves into its menu. */
  readonly away: readonly string[];
}

/**
 * Decides what a bar shows: first its buttons lose their words, then they move into the menu in the order of `leaving`. What
 * `leaving` does not name stays.
 */
export function whatFits(
  items: readonly BarItem[],
  leaving: readonly string[],
  { roomPx, gapPx, compactGapPx }: { roomPx: number; gapPx: number; compactGapPx: number },
): BarFit {
  const wide = items.map(({ widePx }) => widePx);
  if (totalOf(wide, gapPx) <= roomPx) return { isCompact: false, away: [] };
  const away: string[] = [];
  const candidates = leaving.filter((id) => items.some((item) => item.id === id));
  for (;;) {
    const left = items.filter(({ id }) => !away.includes(id)).map(({ compactPx }) => compactPx);
    const next = candidates[away.length];
    if (totalOf(left, compactGapPx) <= roomPx || next === undefined) return { isCompact: true, away };
    away.push(next);
  }
}

function totalOf(widthsPx: readonly number[], gapPx: number): number {
  return widthsPx.reduce((sum, width) => sum + width, 0) + gapPx * Math.max(0, widthsPx.length - 1);
}
