import type { Publications } from './publications.ts';
import type { StreamClaims } from './stream-claims.ts';
import type { StreamPlace } from './stream-place.ts';
import { tellOfStream, type Telling } from './tell-of-stream.ts';

/** What {@link MoveStreams} needs. */
export interface MoveStreamsOptions extends Telling {
  readonly publications: Pick<Publications, 'all' | 'find'>;
  readonly claims: Pick<StreamClaims, 'onTakenOver'>;
  /** Receives errors of background work. */
  readonly onError: (error: unknown) => void;
}

/**
 * Moves the streams of a node that is about to leave: asks each publisher for a connection to another node, and, once that node has
 * taken the stream over, its viewers. Meanwhile, media flow over the former connections.
 */
export class MoveStreams {
  readonly #options: MoveStreamsOptions;

  constructor(options: MoveStreamsOptions) {
    const { claims, onError, publications } = options;
    this.#options = options;
    claims.onTakenOver((streamKey) => {
      const place = publications.find(streamKey);
      if (place) this.#ask(place, 'VIEWERS').catch(onError);
    });
  }

  /** Asks all publishers. */
  async askPublishers(): Promise<void> {
    await Promise.allSettled(this.#options.publications.all().map((place) => this.#ask(place, 'PUBLISHER')));
  }

  #ask(place: StreamPlace, asked: 'PUBLISHER' | 'VIEWERS'): Promise<void> {
    return tellOfStream(this.#options, place, { type: 'ConferenceStreamMovingEvent', asked });
  }
}
