/** Which streams cannot be decrypted now, made of what their receivers report one by one. */
export class UndecryptedStreams {
  readonly #failing = new Map<string, Set<number>>();

  get ids(): readonly string[] {
    return [...this.#failing.keys()];
  }

  /** Takes note of a receiver. Returns what to tell of the whole stream when that has changed. */
  report(streamId: string, receiverId: number, isDecrypted: boolean): boolean | undefined {
    const failing = this.#failing.get(streamId);
    if (isDecrypted) return failing && this.#remove(streamId, failing, receiverId) ? true : undefined;
    if (failing) {
      failing.add(receiverId);
      return undefined;
    }
    this.#failing.set(streamId, new Set([receiverId]));
    return false;
  }

  /** A receiver has closed; nothing is to be told of it any more. */
  forget(streamId: string, receiverId: number): void {
    const failing = this.#failing.get(streamId);
    if (failing) this.#remove(streamId, failing, receiverId);
  }

  /** Whether it was the last one. */
  #remove(streamId: string, failing: Set<number>, receiverId: number): boolean {
    failing.delete(receiverId);
    return failing.size === 0 && this.#failing.delete(streamId);
  }
}
