import type { Duplex } from 'node:stream';
import { MediaError, type RelayingRouter } from '../media-router.ts';

/** How long an offer and the request for it may be apart. */
const deadlineMs = 5_000;

/** Brings together a stream that arrives over a connection of its own, and the request to take it, in any order. */
export class OfferedRelays {
  readonly #router: Pick<RelayingRouter, 'receiveRelay' | 'unpublish'>;
  /** Offers that nobody has asked for yet. */
  readonly #offered = new Map<string, Promise<void>>();
  /** Requests whose offers have not come yet. */
  readonly #awaited = new Map<string, (isKnown: Promise<void>) => void>();

  constructor(router: Pick<RelayingRouter, 'receiveRelay' | 'unpublish'>) {
    this.#router = router;
  }

  /** Call it with the connection. An offer that nobody asks for ends after five seconds. */
  offer(streamKey: string, connection: Duplex): void {
    const isKnown = this.#router.receiveRelay(streamKey, connection);
    // `take` reports a failure.
    isKnown.catch(() => {});
    const answer = this.#awaited.get(streamKey);
    if (answer) {
      answer(isKnown);
      return;
    }
    this.#offered.set(streamKey, isKnown);
    setTimeout(() => {
      if (this.#offered.delete(streamKey)) this.#router.unpublish(streamKey);
    }, deadlineMs).unref();
  }

  /** Resolves when the stream can be viewed; rejects with a MediaError if it ends before or does not come. */
  async take(streamKey: string): Promise<void> {
    const offered = this.#offered.get(streamKey);
    this.#offered.delete(streamKey);
    await (offered ?? this.#await(streamKey));
  }

  #await(streamKey: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#awaited.delete(streamKey);
        reject(new MediaError('overloaded', 'The stream was not relayed in time.'));
      }, deadlineMs);
      this.#awaited.set(streamKey, (isKnown) => {
        clearTimeout(deadline);
        this.#awaited.delete(streamKey);
        resolve(isKnown);
      });
    });
  }
}
