import { SharedLink } from './shared-link.ts';

interface Held {
  readonly link: SharedLink;
  views: number;
}

/** The links of viewers, by a key that all views of one viewer have. A link is forgotten with its last view. */
export class SharedLinks {
  readonly #held = new Map<string, Held>();

  /** The link with this key, until the returned function is called; without a key, a link of its own. */
  hold(key: string | undefined): { readonly link: SharedLink; readonly release: () => void } {
    if (key === undefined) return { link: new SharedLink(), release: () => {} };
    const held = this.#held.get(key) ?? { link: new SharedLink(), views: 0 };
    held.views += 1;
    this.#held.set(key, held);
    let isReleased = false;
    return {
      link: held.link,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        held.views -= 1;
        if (held.views === 0) this.#held.delete(key);
      },
    };
  }

  /** How many links have views. */
  get size(): number {
    return this.#held.size;
  }
}
