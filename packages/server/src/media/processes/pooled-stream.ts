import type { MediaProcessLink } from './media-process-link.ts';
import type { ProcessSlot } from './process-slot.ts';

/** What a process can be asked for. */
export type ProcessCalls = Pick<MediaProcessLink, 'command' | 'request'>;

/** A process's place, as far as streams need it. */
export interface StreamSlot extends Pick<ProcessSlot, 'index' | 'relayPath' | 'isReady'> {
  readonly link: ProcessCalls | undefined;
}

/** A stream in one of the processes that have it. */
export interface Placement {
  readonly slot: StreamSlot;
  readonly link: ProcessCalls;
  /** Its name there: a new one each time, so that late messages never reach the wrong stream. */
  readonly innerKey: string;
  readonly viewerIds: Set<string>;
  /** Number of views being set up. */
  pendingViews: number;
}

/** A process that has a stream by a relay, for some of its views. */
export interface Edge extends Placement {
  /** Resolves when it can be viewed there. */
  readonly isReady: Promise<unknown>;
  /** Ends the relay unless a view comes. */
  idleTimer: NodeJS.Timeout | undefined;
}

/** A stream and the processes that have it. */
export class PooledStream {
  readonly streamKey: string;
  /** Where its publisher is. */
  readonly origin: Placement;
  readonly edges: Set<Edge> = new Set();
  isPublished = false;

  constructor(streamKey: string, origin: Placement) {
    this.streamKey = streamKey;
    this.origin = origin;
  }

  get placements(): readonly Placement[] {
    return [this.origin, ...this.edges];
  }

  /** Where this view is, if it exists. */
  placementOf(viewerId: string): Placement | undefined {
    return this.placements.find(({ viewerIds }) => viewerIds.has(viewerId));
  }

  /** The stream's place in this process, if it has one. */
  placementIn(slot: StreamSlot): Placement | undefined {
    return this.placements.find((placement) => placement.slot === slot);
  }
}

export function isEdge(placement: Placement): placement is Edge {
  return 'isReady' in placement;
}
