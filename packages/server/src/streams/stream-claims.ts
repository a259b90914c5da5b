import { EngineError } from '../health/trouble.ts';
import type { StreamOwners } from '../storage/storage.ts';

/** A stream that was unpublished a moment ago may still belong to the node that had it. */
const tries = 10;
const pauseMs = 100;

type ClaimedOwners = Pick<StreamOwners, 'claim' | 'isOwn' | 'onTakenOver' | 'release' | 'takeOver'>;

/** The streams of this node, among those of all nodes. */
export class StreamClaims {
  readonly #owners: ClaimedOwners;
  readonly #onError: (error: unknown) => void;

  /** `onError` receives errors that no caller waits for. */
  constructor(owners: ClaimedOwners, onError: (error: unknown) => void) {
    this.#owners = owners;
    this.#onError = onError;
  }

  /** Takes a stream for this node. False if another node keeps it. */
  async claim(streamKey: string): Promise<boolean> {
    for (let left = tries; left > 0; left -= 1) {
      if (await this.#owners.claim(streamKey)) return true;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return false;
  }

  /** Takes a stream over for this node, because the node that has it is about to leave. False if that node stays. */
  takeOver(streamKey: string): Promise<boolean> {
    return this.#owners.takeOver(streamKey);
  }

  /** Calls `listener` with each stream of this node that another one takes over. */
  onTakenOver(listener: (streamKey: string) => void): void {
    this.#owners.onTakenOver(listener);
  }

  isOwn(streamKey: string): boolean {
    return this.#owners.isOwn(streamKey);
  }

  /** Refuses with {@link EngineError} (`node_replaced`) when other nodes have declared this one dead since its claim. */
  require(streamKey: string): void {
    if (!this.#owners.isOwn(streamKey)) throw new EngineError('node_replaced');
  }

  /** Gives up a stream of this node. */
  release(streamKey: string): void {
    if (this.#owners.isOwn(streamKey)) this.#owners.release(streamKey).catch(this.#onError);
  }
}
