/** Collects the reports of single receivers into the streams that cannot be decrypted now. */
export class UndecryptedStreams {
  readonly #failing = new Map<string, Set<number>>();

  get ids(): readonly string[] {
    return [...this.#failing.keys()];
  }

  /** Records a receiver's report. Returns whether the whole stream is decrypted, if that has changed. */
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

  /** Removes a receiver that has closed, without a report. */
  forget(streamId: string, receiverId: number): void {
    const failing = this.#failing.get(streamId);
    if (failing) this.#remove(streamId, failing, receiverId);
  }

  /** Returns whether it was the last failing receiver. */
  #remove(streamId: string, failing: Set<number>, receiverId: number): boolean {
    failing.delete(receiverId);
    return failing.size === 0 && this.#failing.delete(streamId);
  }
}
