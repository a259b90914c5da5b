import type { RouterCalls } from './router-calls.ts';

/** How a router is called. */
export type RouterLink = Pick<RouterCalls, 'command' | 'request'>;

/** A router of a pool. */
export interface RouterSlot {
  /** For the log. */
  readonly name: string;
  /** Whether it has started to respond. */
  readonly isReady: boolean;
  /** Undefined while it does not run. */
  readonly link: RouterLink | undefined;
  /** Whether publishers connect to it; otherwise it only gets views. */
  readonly takesPublishers: boolean;
  /** Its peers besides those that this pool gave it. */
  readonly otherPeers: number;
}

/** A stream at one of the routers that have it. */
export interface Placement {
  readonly slot: RouterSlot;
  readonly link: RouterLink;
  /** Its name there: a new one each time, so that late messages never reach the wrong stream. */
  readonly innerKey: string;
  readonly viewerIds: Set<string>;
  /** Number of views being set up. */
  pendingViews: number;
}

/** A router that has a stream by a relay, for some of its views. */
export interface Edge extends Placement {
  /** Resolves when it can be viewed there. */
  readonly isReady: Promise<unknown>;
  /** Ends the relay unless a view comes. */
  idleTimer: NodeJS.Timeout | undefined;
}

/** A stream and the routers that have it. */
export class PooledStream {
  readonly streamKey: string;
  /** Where its publisher is. */
  readonly origin: Placement;
  /** Whether it comes from a router that is not in this pool; then {@link origin} is where it arrives. */
  readonly isRelayed: boolean;
  readonly edges: Set<Edge> = new Set();
  isPublished = false;

  constructor(streamKey: string, origin: Placement, isRelayed: boolean) {
    this.streamKey = streamKey;
    this.origin = origin;
    this.isRelayed = isRelayed;
  }

  get placements(): readonly Placement[] {
    return [this.origin, ...this.edges];
  }

  /** Where this view is, if it exists. */
  placementOf(viewerId: string): Placement | undefined {
    return this.placements.find(({ viewerIds }) => viewerIds.has(viewerId));
  }

  /** The stream's place at this router, if it has one. */
  placementIn(slot: RouterSlot): Placement | undefined {
    return this.placements.find((placement) => placement.slot === slot);
  }
}

export function isEdge(placement: Placement): placement is Edge {
  return 'isReady' in placement;
}
