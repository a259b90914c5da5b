import type { OtherNode } from '../storage/storage.ts';

/** A node that carries less takes a stream only if it carries clearly less: asking it costs a request between nodes. */
const clearlyLess = { ratio: 0.75, connections: 10 } as const;

/** What decides where a new stream goes. */
export interface Placement {
  /** How many media connections this node has. */
  readonly ownLoad: number;
  /** Whether this node takes nothing new. */
  readonly isFull: boolean;
  /** The nodes that stay, without this one. */
  readonly others: readonly OtherNode[];
}

/** Returns the URL of the node that receives a new stream; undefined for this one, also where there is no other. */
export function placeStream({ ownLoad, isFull, others }: Placement): string | undefined {
  const [least] = others.toSorted((one, other) => one.load - other.load);
  if (!least) return undefined;
  const isBetter =
    least.load <= ownLoad * clearlyLess.ratio && least.load <= ownLoad - clearlyLess.connections;
  return isFull || isBetter ? least.url : undefined;
}

/** What other nodes carry by now: what they last said, and what this node has sent to them since. */
export class SentStreams {
  readonly #byUrl = new Map<string, { readonly saidLoad: number; count: number }>();

  /** Notes that a stream was sent to a node. */
  note({ url, load }: OtherNode): void {
    const sent = this.#byUrl.get(url);
    if (sent?.saidLoad === load) sent.count += 1;
    else this.#byUrl.set(url, { saidLoad: load, count: 1 });
  }

  /** Adds what was sent to the load that a node said. */
  addedTo({ url, load }: OtherNode): OtherNode {
    const sent = this.#byUrl.get(url);
    return sent?.saidLoad === load ? { url, load: load + sent.count } : { url, load };
  }
}
