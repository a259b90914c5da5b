import { countedDemand, countedMembers, type LinkMember } from './link-member.ts';
import { ProbePlan } from './probe-plan.ts';
import { RateControl } from './rate-control.ts';
import { shareLink, type LinkDemand } from './share-link.ts';

/** A probe tries room for several views at once, but no more than this share of what flows. */
const mostAtOnce = 0.5;
/** The link is divided again this often at most, unless it carries less. */
const refreshMs = 20;

/**
 * The path to one viewer, which the viewer's views share: they have one estimate of it, one plan of probes, and a share each. A
 * view alone has all of it.
 */
export class SharedLink {
  /** The capacity of the link, for all views together. */
  readonly control: RateControl = new RateControl();
  /** When to try whether the link carries more. */
  readonly probes: ProbePlan = new ProbePlan();
  readonly #members = new Set<LinkMember>();
  #prober: LinkMember | undefined;
  #shares: ReadonlyMap<LinkMember, number> = new Map();
  #sharedBps = 0;
  #sharedMs = Number.NEGATIVE_INFINITY;
  /** What each view would need to rise, in bits per second with its audio. */
  readonly #aims = new Map<LinkMember, number>();

  /** Sets what a connected view would use. It is on the link from the first time on; one that starts gets its share immediately. */
  use(member: LinkMember, demand: LinkDemand): void {
    this.#members.add(member);
    const hadVideo = (member.demand?.layersBps.length ?? 0) > 0;
    if (hadVideo !== demand.layersBps.length > 0) this.#sharedMs = Number.NEGATIVE_INFINITY;
    member.demand = demand;
  }

  remove(member: LinkMember): void {
    this.#members.delete(member);
    this.#aims.delete(member);
    this.#sharedMs = Number.NEGATIVE_INFINITY;
    if (this.#prober === member) this.#passProbing();
  }

  /** Whether more than one view uses the link. */
  get isShared(): boolean {
    return this.#members.size > 1;
  }

  /** Bits per second that arrived at the viewer by all other views. */
  othersBps(member: LinkMember, windowMs: number, nowMs: number): number {
    let sumBps = 0;
    for (const other of this.#members) if (other !== member) sumBps += other.arrivedBps(windowMs, nowMs);
    return sumBps;
  }

  /** What the view may send, in bits per second; undefined while no limit of the link is known. */
  shareOf(member: LinkMember, nowMs: number): number | undefined {
    const { bitrateBps } = this.control;
    if (bitrateBps === undefined || !this.isShared) return bitrateBps;
    if (bitrateBps < this.#sharedBps || nowMs - this.#sharedMs >= refreshMs || !this.#shares.has(member)) {
      this.#divide(bitrateBps, nowMs);
    }
    return this.#shares.get(member) ?? bitrateBps;
  }

  /**
   * Sets what a view needs to rise; undefined if its share is enough. One view probes at a time: of those that answer, the one
   * that has least.
   */
  aim(member: LinkMember, targetBps: number | undefined, nowMs: number): void {
    if (targetBps === undefined || !this.#members.has(member)) this.#aims.delete(member);
    else this.#aims.set(member, targetBps);
    const counted = countedMembers(this.#members, nowMs);
    // Nothing reports on the probes of a view that has fallen silent.
    if (this.#prober && !counted.has(this.#prober)) this.#passProbing();
    if (this.probes.isRunning) return;
    const aims = [...this.#aims].filter(([other]) => counted.has(other));
    const [first, ...others] = aims.toSorted(([, one], [, other]) => one - other);
    this.#prober = first?.[0];
    this.probes.aim(first && this.#together(first, others, nowMs));
  }

  /** Whether this view sends the probes. */
  isProber(member: LinkMember): boolean {
    return this.#prober === member;
  }

  #passProbing(): void {
    this.#prober = undefined;
    this.probes.aim(undefined);
    this.probes.cancel();
  }

  #divide(bitrateBps: number, nowMs: number): void {
    const counted = countedMembers(this.#members, nowMs);
    const members = [...this.#members];
    const shares = shareLink(
      bitrateBps,
      members.flatMap((member) => {
        return member.demand ? countedDemand(member.demand, counted.has(member)) : [];
      }),
    );
    this.#shares = new Map(members.map((member, index) => [member, shares[index] ?? 0]));
    this.#sharedBps = bitrateBps;
    this.#sharedMs = nowMs;
  }

  /** What the prober tries: its own need, and the room that the next views need. */
  #together(
    [first, targetBps]: readonly [LinkMember, number],
    others: readonly (readonly [LinkMember, number])[],
    nowMs: number,
  ): number {
    const mostBps = (this.control.bitrateBps ?? 0) * mostAtOnce;
    let extraBps = Math.max(0, targetBps - (this.shareOf(first, nowMs) ?? 0));
    let sumBps = targetBps;
    for (const [member, needBps] of others) {
      const moreBps = Math.max(0, needBps - (this.shareOf(member, nowMs) ?? 0));
      if (extraBps + moreBps > mostBps) break;
      extraBps += moreBps;
      sumBps += moreBps;
    }
    return sumBps;
  }
}
