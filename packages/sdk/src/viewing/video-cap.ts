import { assertMaxVideos } from './assert-max-videos.ts';

/** How much a view matters when not all videos may flow. */
export type ViewPriority = 'low' | 'normal' | 'high';

/** A view as far as the cap looks at it. */
export interface CappedVideo {
  readonly priority: ViewPriority;
  /** It would flow if it were alone. */
  readonly isWanted: boolean;
  /** Order in which the views came into sight; the last has the highest number. */
  readonly shownOrder: number;
}

const ranks: Readonly<Record<ViewPriority, number>> = { low: 0, normal: 1, high: 2 };

/** The wanted videos that may flow: of the highest priority first, then those that came into sight last. */
export function chooseVideos<Video extends CappedVideo>(
  videos: Iterable<Video>,
  maxVideos: number,
): ReadonlySet<Video> {
  return new Set(
    [...videos]
      .filter(({ isWanted }) => isWanted)
      .toSorted((a, b) => ranks[b.priority] - ranks[a.priority] || b.shownOrder - a.shownOrder)
      .slice(0, maxVideos),
  );
}

/** A view that obeys the cap. */
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

  /** The number for a view that comes into sight now. */
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

  /** To be called after a member changed. */
  review(): void {
    const chosen = chooseVideos(this.#members, this.#maxVideos);
    // Room is made first, so that never more flow than may.
    for (const member of this.#members) if (member.isWanted && !chosen.has(member)) member.setAllowed(false);
    for (const member of this.#members) if (!member.isWanted || chosen.has(member)) member.setAllowed(true);
  }
}
