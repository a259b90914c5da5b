interface Carried {
  readonly cut: (reason: Error) => void;
}

/** The connections on which a page receives events from a real server. */
export class PageFeed {
  readonly #carried = new Set<Carried>();
  #stalled: Promise<void> | undefined;

  /** Breaks the connections that are open. */
  cut(): void {
    for (const { cut } of Array.from(this.#carried)) cut(new TypeError('network error'));
  }

  /** Holds events back until the returned function is called. */
  stall(): () => void {
    const releases: (() => void)[] = [];
    const stalled = new Promise<void>((resolve) => void releases.push(resolve));
    this.#stalled = stalled;
    return () => {
      if (this.#stalled === stalled) this.#stalled = undefined;
      for (const release of releases) release();
    };
  }

  /** Carries the answer to a request for events. Rejects, or breaks the body, when the feed is cut. */
  async carry(operation: 'openPush' | 'getEvents', answer: Promise<Response>): Promise<Response> {
    const carried = this.#register();
    try {
      const response = await Promise.race([answer, carried.whenCut]);
      if (operation === 'getEvents') await Promise.race([this.#stalled, carried.whenCut]);
      if (operation === 'getEvents' || !response.ok || !response.body) return response;
      const { status, headers } = response;
      return new Response(response.body.pipeThrough(this.#gate()), { status, headers });
    } finally {
      carried.forget();
    }
  }

  #register(): { readonly whenCut: Promise<never>; readonly forget: () => void } {
    let entry: Carried | undefined;
    const whenCut = new Promise<never>((_, reject) => (entry = { cut: reject }));
    // Whoever races with it may have finished before.
    whenCut.catch(() => {});
    if (entry) this.#carried.add(entry);
    return { whenCut, forget: () => void (entry && this.#carried.delete(entry)) };
  }

  /** Passes on what the server pushes, except while the feed is stalled. */
  #gate(): TransformStream<Uint8Array, Uint8Array> {
    let entry: Carried | undefined;
    const forget = () => void (entry && this.#carried.delete(entry));
    return new TransformStream({
      start: (controller) => {
        const cut = (reason: Error) => {
          forget();
          controller.error(reason);
        };
        entry = { cut };
        this.#carried.add(entry);
      },
      transform: async (chunk, controller) => {
        await this.#stalled;
        controller.enqueue(chunk);
      },
      flush: forget,
      cancel: forget,
    } as Transformer<Uint8Array, Uint8Array>);
  }
}
