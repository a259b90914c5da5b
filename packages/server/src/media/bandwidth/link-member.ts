import type { LinkDemand } from './share-link.ts';

/** A viewer reports on packets several times a second; through the longest queues, still well within this time. */
const answersWithinMs = 2_000;

/** A view that wants video and is sent nothing is asked this often whether its viewer is there. */
const askAfterMs = 500;

/** What a view needs while no video is to be sent to it. */
export const noVideo: Omit<LinkDemand, 'audioBps'> = { layersBps: [], leastVideoBps: 0, current: undefined };

/** How a {@link LinkMember} knows what arrives. */
export interface LinkMemberOptions {
  /** Bits per second that arrived at the viewer within the latest window; 0 when that is not known. */
  readonly arrivedBps: (windowMs: number, nowMs: number) => number;
}

/**
 * One view on a link that may carry several. It takes part only while its viewer answers: a viewer whose page has gone can
 * look connected for half a minute, and must not take bandwidth from those that are there.
 */
export class LinkMember {
  readonly #options: LinkMemberOptions;
  /** When the first packet was sent that no feedback followed. */
  #unansweredSinceMs: number | undefined;
  #sentMs = Number.NEGATIVE_INFINITY;
  /** What the view would use; undefined before it has said so. */
  demand: LinkDemand | undefined;

  constructor(options: LinkMemberOptions) {
    this.#options = options;
  }

  /** A packet was sent that the viewer should report on. */
  sent(nowMs: number): void {
    this.#unansweredSinceMs ??= nowMs;
    this.#sentMs = nowMs;
  }

  /** The viewer has reported on packets. */
  answered(): void {
    this.#unansweredSinceMs = undefined;
  }

  /** Whether the view is due a packet to answer, because its video claims room while nothing is sent. */
  shouldAsk(nowMs: number): boolean {
    return (this.demand?.layersBps.length ?? 0) > 0 && nowMs - this.#sentMs >= askAfterMs;
  }

  isAnswering(nowMs: number): boolean {
    return this.#unansweredSinceMs === undefined || nowMs - this.#unansweredSinceMs <= answersWithinMs;
  }

  arrivedBps(windowMs: number, nowMs: number): number {
    return this.#options.arrivedBps(windowMs, nowMs);
  }
}

/**
 * Which of the views on a link count when it is divided: those whose viewer answers. If none does, the link itself has
 * stalled, and all of them count.
 */
export function countedMembers<Member extends Pick<LinkMember, 'isAnswering'>>(
  members: Iterable<Member>,
  nowMs: number,
): ReadonlySet<Member> {
  const all = [...members];
  const answering = all.filter((member) => member.isAnswering(nowMs));
  return new Set(answering.length > 0 ? answering : all);
}

/** What a view is given room for: its demand, or audio alone if it does not count. Audio is sent in any case. */
export function countedDemand(demand: LinkDemand, isCounted: boolean): LinkDemand {
  return isCounted ? demand : { audioBps: demand.audioBps, ...noVideo };
}
