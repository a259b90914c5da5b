/** Packets that left within this time of the first belong together: what a frame's packets wait for each other is no queue. */
const groupMs = 5;
/** Packets that the network handed over in one go belong together too. */
const burstArrivalMs = 5;
const maxBurstMs = 100;

/** How two neighbouring groups of packets lie to each other. */
export interface GroupStep {
  /** Between the last packets of both, at the sender. */
  readonly sentMs: number;
  /** The same at the receiver. */
  readonly arrivedMs: number;
  /** When the later group was there as a whole, by the receiver's clock. */
  readonly atMs: number;
}

interface Group {
  readonly firstSentMs: number;
  readonly firstArrivedMs: number;
  lastSentMs: number;
  lastArrivedMs: number;
}

/** Puts packets that were sent together into groups, which are what delay is compared between (as libwebrtc does). */
export class PacketGroups {
  #former: Group | undefined;
  #current: Group | undefined;

  /** Takes a packet that arrived; returns the step to the group that is complete with it, when one is. */
  add(sentMs: number, arrivedMs: number): GroupStep | undefined {
    const current = this.#current;
    if (!current) {
      this.#current = groupOf(sentMs, arrivedMs);
      return undefined;
    }
    // Out of order.
    if (sentMs < current.firstSentMs) return undefined;
    if (belongs(current, sentMs, arrivedMs)) {
      current.lastSentMs = Math.max(current.lastSentMs, sentMs);
      current.lastArrivedMs = Math.max(current.lastArrivedMs, arrivedMs);
      return undefined;
    }
    const former = this.#former;
    this.#former = current;
    this.#current = groupOf(sentMs, arrivedMs);
    return (
      former && {
        sentMs: current.lastSentMs - former.lastSentMs,
        arrivedMs: current.lastArrivedMs - former.lastArrivedMs,
        atMs: current.lastArrivedMs,
      }
    );
  }
}

function groupOf(sentMs: number, arrivedMs: number): Group {
  return {
    firstSentMs: sentMs,
    firstArrivedMs: arrivedMs,
    lastSentMs: sentMs,
    lastArrivedMs: arrivedMs,
  };
}

function belongs(group: Group, sentMs: number, arrivedMs: number): boolean {
  if (sentMs - group.firstSentMs <= groupMs) return true;
  const sinceLastMs = arrivedMs - group.lastArrivedMs;
  const cameFaster = sinceLastMs - (sentMs - group.lastSentMs) < 0;
  return cameFaster && sinceLastMs <= burstArrivalMs && arrivedMs - group.firstArrivedMs < maxBurstMs;
}
