/**
 * Packets sent within this time of the first form a group: the wait of a frame's packets for each other is not a
 * queue.
 */
const groupMs = 5;
/** Packets that the network delivered in one burst form a group too. */
const burstArrivalMs = 5;
const maxBurstMs = 100;

/** The distance between two consecutive groups of packets. */
export interface GroupStep {
  /** Time between the last packets of both, at the sender. */
  readonly sentMs: number;
  /** The same at the receiver. */
  readonly arrivedMs: number;
  /** When the later group was complete, by the receiver's clock. */
  readonly atMs: number;
}

interface Group {
  readonly firstSentMs: number;
  readonly firstArrivedMs: number;
  lastSentMs: number;
  lastArrivedMs: number;
}

/** Groups packets that were sent together; delays are compared between groups (as in libwebrtc). */
export class PacketGroups {
  #former: Group | undefined;
  #current: Group | undefined;

  /** Adds an arrived packet. Returns the step to the group that this packet completes, if any. */
  add(sentMs: number, arrivedMs: number): GroupStep | undefined {
    const current = this.#current;
    if (!current) {
      this.#current = groupOf(sentMs, arrivedMs);
      return undefined;
    }
    // Reordered.
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
