/** The part of the Web Locks API that the SDK uses. */
export class FakeLocks {
  readonly #queues = new Map<string, Promise<unknown>>();

  async request(
    name: string,
    { signal }: { readonly signal: AbortSignal },
    hold: () => Promise<void>,
  ): Promise<void> {
    const before = this.#queues.get(name) ?? Promise.resolve();
    const held = before.then(() => (signal.aborted ? undefined : hold()));
    this.#queues.set(name, held);
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      held.then(resolve, reject);
    });
  }
}
