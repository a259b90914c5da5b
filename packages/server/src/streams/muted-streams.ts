import type { ConferenceState } from '@parley-rtc/contract';
import { mutedKindsOf } from '../conferences/rules/conventions.ts';
import type { MediaRouter } from '../media/media-router.ts';
import { streamKeyOf, type StreamPlace } from './stream-place.ts';

/** What {@link MutedStreams} needs. */
export interface MutedStreamsOptions {
  readonly known: (conferenceId: string) => ConferenceState | undefined;
  readonly mediaRouter: Pick<MediaRouter, 'setMuted'>;
}

/** Stops the media router from forwarding what others than the publisher muted, until the publisher unmutes it. */
export class MutedStreams {
  readonly #options: MutedStreamsOptions;
  /** Streams of which something is not forwarded, by their key. */
  readonly #muted = new Set<string>();

  constructor(options: MutedStreamsOptions) {
    this.#options = options;
  }

  /** Applies what the conference says about a stream now. */
  apply(place: StreamPlace): void {
    const state = this.#options.known(place.conferenceId);
    const kinds = state ? mutedKindsOf(state, place.streamId) : [];
    const streamKey = streamKeyOf(place);
    if (kinds.length === 0 && !this.#muted.has(streamKey)) return;
    if (kinds.length === 0) this.#muted.delete(streamKey);
    else this.#muted.add(streamKey);
    this.#options.mediaRouter.setMuted(streamKey, kinds);
  }

  /** Forgets a stream that was unpublished. */
  forget(place: StreamPlace): void {
    this.#muted.delete(streamKeyOf(place));
  }
}
