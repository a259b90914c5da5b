import type { Duplex } from 'node:stream';
import { MediaError, type RelayingRouter } from '../media-router.ts';

/** How long an offer and the request for it may be apart. */
const deadlineMs = 5_000;

interface Offer {
  readonly isKnown: Promise<void>;
  readonly settle: (known: Promise<void>) => void;
}

/** Brings together a stream that arrives over a connection of its own, and the request to take it, in any order. */
export class OfferedRelays {
  readonly #router: Pick<RelayingRouter, 'receiveRelay'>;
  readonly #offers = new Map<string, Offer>();

  constructor(router: Pick<RelayingRouter, 'receiveRelay'>) {
    this.#router = router;
  }

  /** Call it with the connection. */
  offer(streamKey: string, connection: Duplex): void {
    this.#offer(streamKey).settle(this.#router.receiveRelay(streamKey, connection));
  }

  /** Resolves when the stream can be viewed; rejects with a MediaError if it ends before or does not come. */
  async take(streamKey: string): Promise<void> {
    await this.#offer(streamKey).isKnown;
    this.#offers.delete(streamKey);
  }

  #offer(streamKey: string): Offer {
    const existing = this.#offers.get(streamKey);
    if (existing) return existing;
    let settle: Offer['settle'] = () => {};
    const isKnown = new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#offers.delete(streamKey);
        reject(new MediaError('overloaded', 'The stream was not relayed in time.'));
      }, deadlineMs);
      settle = (known) => {
        clearTimeout(deadline);
        resolve(known);
      };
    });
    // Whoever asks hears of it.
    isKnown.catch(() => {});
    const offer = { isKnown, settle };
    this.#offers.set(streamKey, offer);
    return offer;
  }
}
