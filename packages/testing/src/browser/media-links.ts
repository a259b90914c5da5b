import type { StreamMedia } from '../media/stream-media.ts';

/** A connection that carries the media of one stream. */
export interface MediaLink {
  readonly direction: 'publish' | 'view';
  readonly streamId: string | undefined;
  /** Breaks it, as ICE does when packets stop arriving, or as a browser does when it stops trying. */
  breakOff(how: 'disconnected' | 'failed'): void;
  /** Connects it again, unless it has failed. */
  recover(): void;
}

/** Who publishes what, and which connections carry it: what a network and a media router are in a real call. */
export class MediaLinks {
  /** How long a connection stays disconnected before it fails, in milliseconds. */
  readonly failsAfterMs: number = 15_000;
  readonly media: Map<string, StreamMedia> = new Map();
  readonly #links = new Set<MediaLink>();
  #isNetworkLost = false;

  get isNetworkLost(): boolean {
    return this.#isNetworkLost;
  }

  /** The open connections that carry a stream, or all of them. */
  links(direction?: MediaLink['direction'], streamId?: string): readonly MediaLink[] {
    return [...this.#links].filter(
      (link) =>
        (direction === undefined || link.direction === direction) &&
        (streamId === undefined || link.streamId === streamId),
    );
  }

  add(link: MediaLink): void {
    this.#links.add(link);
  }

  remove(link: MediaLink): void {
    this.#links.delete(link);
  }

  /** Cuts or restores the way to the media router. */
  setNetworkLost(isLost: boolean): void {
    this.#isNetworkLost = isLost;
    for (const link of this.links()) {
      if (isLost) link.breakOff('disconnected');
      else link.recover();
    }
  }
}
