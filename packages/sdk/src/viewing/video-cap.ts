import { assertMaxVideos } from './assert-max-videos.ts';

/** Priority of a view when not all videos may flow. */
export type ViewPriority = 'low' | 'normal' | 'high';

/** The properties of a view that the cap considers. */
export interface CappedVideo {
  readonly priority: ViewPriority;
  /** Whether its video would flow without a cap. */
  readonly isDesired: boolean;
  /** Order in which the views became visible; the latest has the highest number. */
  readonly shownOrder: number;
}

const ranks: Readonly<Record<ViewPriority, number>> = { low: 0, normal: 1, high: 2 };

/** Chooses the videos that may flow: highest priority first, then the latest to become visible. */
export function chooseVideos<Video extends CappedVideo>(
  videos: Iterable<Video>,
  maxVideos: number,
): ReadonlySet<Video> {
  return new Set(
    [...videos]
      .filter(({ isDesired }) => isDesired)
      .toSorted((a, b) => ranks[b.priority] - ranks[a.priority] || b.shownOrder - a.shownOrder)
      .slice(0, maxVideos),
  );
}

/** A view that is subject to the cap. */
export interface CapMember extends CappedVideo {
  readonly setAllowed: (isAllowed: boolean) => void;
}

/** Limits how many videos flow at the same time in a conference. */
export class VideoCap {
  readonly #members = new Set<CapMember>();
  #maxVideos = Infinity;
  #lastOrder = 0;

  /** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`). */
  setMaxVideos(maxVideos: number): void {
    assertMaxVideos(maxVideos);
    this.#maxVideos = maxVideos;
    this.review();
  }

  /** Returns the order number for a view that becomes visible now. */
  nextOrder(): number {
    return (this.#lastOrder += 1);
  }

  add(member: CapMember): void {
    this.#members.add(member);
    this.review();
  }

  remove(member: CapMember): void {
    if (this.#members.delete(member)) this.review();
  }

  /** Applies the cap again. Call this after a member has changed. */
  review(): void {
    const chosen = chooseVideos(this.#members, this.#maxVideos);
    // Pause first, so that the cap is never exceeded.
    for (const member of this.#members) if (member.isDesired && !chosen.has(member)) member.setAllowed(false);
    for (const member of this.#members) if (!member.isDesired || chosen.has(member)) member.setAllowed(true);
  }
}
