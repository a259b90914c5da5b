import type { ConferenceEvent } from '@parley-rtc/contract';
import type { Conferences } from '../conferences/conferences.ts';
import { dropStream } from '../conferences/unpublish-stream.ts';
import { defaultLimits, type Limits } from '../limits/limits.ts';
import type { LostPeer, MediaRouter } from '../media/media-router.ts';
import { Publications } from './publications.ts';
import { streamKeyOf, type StreamPlace } from './stream-place.ts';
import { StreamViews } from './stream-views.ts';

/** What {@link Streams} needs. */
export interface StreamsOptions {
  readonly conferences: Conferences;
  readonly mediaRouter: MediaRouter;
  readonly newId: () => string;
  /** Told what failed in the background, where no caller waits for an answer. */
  readonly onError: (error: unknown) => void;
  /** Default {@link defaultLimits}. */
  readonly limits?: Limits;
}

/**
 * Brings the media in line with the conferences. Commands set it up; taking it down follows the events, whatever
 * caused them: a command, a silent endpoint, the end.
 */
export class Streams {
  readonly publications: Publications;
  readonly views: StreamViews;
  readonly #options: StreamsOptions;

  constructor(options: StreamsOptions) {
    this.#options = options;
    const { conferences, mediaRouter, newId, onError, limits = defaultLimits } = options;
    this.publications = new Publications({ conferences, mediaRouter, newId, limits });
    this.views = new StreamViews({ conferences, mediaRouter, newId, limits });
    conferences.onEvents((events) => {
      // What is logged has happened; if the media cannot follow, the command has not failed.
      try {
        for (const event of events) this.#follow(event);
      } catch (error) {
        onError(error);
      }
    });
    mediaRouter.onPeerLost((lost) => {
      this.#lose(lost);
    });
  }

  /** The conference and the endpoint that a peer of the media router belongs to; undefined when it is gone. */
  ownerOf({ streamKey, viewerId }: LostPeer): { conferenceId: string; endpointId: string } | undefined {
    const publication = this.publications.find(streamKey);
    if (!publication || viewerId === undefined) return publication;
    const endpointId = this.views.endpointOf(publication.conferenceId, viewerId);
    return endpointId === undefined ? undefined : { conferenceId: publication.conferenceId, endpointId };
  }

  #follow(event: ConferenceEvent): void {
    switch (event.type) {
      case 'ConferenceStreamUnpublishedEvent':
        this.#close(event);
        break;
      case 'ConferenceLeftEvent':
        this.views.closeOf(event.conferenceId, event.userEndpointId);
        break;
      case 'ConferenceEndedEvent':
        for (const place of this.publications.in(event.conferenceId)) this.#close(place);
        break;
      case 'ConferenceStreamBitrateUpdatedEvent':
        this.#options.mediaRouter.setVideoBitrate(streamKeyOf(event), event.videoBitrate);
        break;
      default:
    }
  }

  #close(place: StreamPlace): void {
    this.views.forgetOf(place.conferenceId, place.streamId);
    this.publications.close(place);
  }

  #lose({ streamKey, viewerId }: LostPeer): void {
    const place = this.publications.find(streamKey);
    if (!place) return;
    if (viewerId !== undefined) {
      this.views.lose(place.conferenceId, place.streamId, viewerId);
      return;
    }
    const { conferences, onError } = this.#options;
    conferences
      .record(place.conferenceId, (state, stamp) => dropStream(state, place.streamId, stamp))
      .catch(onError);
  }
}
