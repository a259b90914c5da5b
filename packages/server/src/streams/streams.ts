import {
  participantOfPermissions,
  permissionsInEntry,
  type ConferenceEvent,
  type ConferenceMetadataUpdatedEvent,
} from '@parley-rtc/contract';
import type { Conferences } from '../conferences/conferences.ts';
import { mutedStreamOf } from '../conferences/rules/conventions.ts';
import { dropStream } from '../conferences/rules/unpublish-stream.ts';
import { defaultLimits, type Limits } from '../limits/limits.ts';
import { requireWithin } from '../limits/require-within.ts';
import type { LostPeer, MediaRouter } from '../media/media-router.ts';
import type { ConnectionOwner } from './connection-owner.ts';
import { MutedStreams } from './muted-streams.ts';
import { Publications } from './publications.ts';
import type { StreamClaims } from './stream-claims.ts';
import { streamKeyOf, type StreamPlace } from './stream-place.ts';
import { StreamViews, type StreamViewsOptions } from './stream-views.ts';

/** What {@link Streams} needs. */
export interface StreamsOptions extends Pick<
  StreamViewsOptions,
  'ownsEndpoint' | 'sharesLinks' | 'viewerIds'
> {
  readonly conferences: Conferences;
  readonly mediaRouter: MediaRouter;
  readonly newId: () => string;
  /** Receives errors of background work. */
  readonly onError: (error: unknown) => void;
  /** Default {@link defaultLimits}. */
  readonly limits?: Limits;
  /** Decides which node has a stream; absent without other nodes. */
  readonly claims?: StreamClaims | undefined;
}

/**
 * Keeps the media in step with the conferences. Commands set media up; events take them down, whatever caused them: a
 * command, a silent endpoint, the end of the conference.
 */
export class Streams {
  readonly publications: Publications;
  readonly views: StreamViews;
  readonly #muted: MutedStreams;
  readonly #options: StreamsOptions;

  constructor(options: StreamsOptions) {
    this.#options = options;
    const {
      conferences,
      mediaRouter,
      newId,
      onError,
      ownsEndpoint,
      sharesLinks,
      claims,
      viewerIds,
      limits = defaultLimits,
    } = options;
    const parts = {
      conferences,
      mediaRouter,
      newId,
      limits,
      requireConnectionRoom: (owner: ConnectionOwner) => {
        this.#requireConnectionRoom(owner, limits);
      },
    };
    this.publications = new Publications({
      ...parts,
      claims,
      onTaken: (place) => {
        this.#applyMute(place);
      },
    });
    this.views = new StreamViews({ ...parts, ownsEndpoint, sharesLinks, viewerIds, onError });
    this.#muted = new MutedStreams({ mediaRouter, known: (conferenceId) => conferences.known(conferenceId) });
    conferences.onEvents((events) => {
      for (const event of events) {
        // One by one: a failure for one event must not leave the media of the others open.
        try {
          this.#follow(event);
        } catch (error) {
          onError(error);
        }
      }
    });
    mediaRouter.onPeerLost((lost) => {
      this.#lose(lost);
    });
  }

  /** The conference and endpoint of a peer of the media router; undefined when they are gone. */
  ownerOf({ streamKey, viewerId }: LostPeer): { conferenceId: string; endpointId: string } | undefined {
    const publication = this.publications.find(streamKey);
    if (!publication || viewerId === undefined) return publication;
    const endpointId = this.views.endpointOf(publication.conferenceId, viewerId);
    return endpointId === undefined ? undefined : { conferenceId: publication.conferenceId, endpointId };
  }

  /** How many connections receive or send media here. */
  get connectionCount(): number {
    return this.publications.all().length + this.views.count;
  }

  /** Unpublishes all streams of this server that have not moved: it is about to close, and other nodes go on. */
  async withdrawAll(): Promise<void> {
    const { claims, conferences } = this.#options;
    const withdrawing = this.publications
      .all()
      .filter((place) => claims?.isOwn(streamKeyOf(place)) !== false)
      .map(({ conferenceId, streamId }) =>
        conferences.record(conferenceId, (state, stamp) => dropStream(state, streamId, stamp)),
      );
    await Promise.allSettled(withdrawing);
  }

  #requireConnectionRoom({ userKey, conferenceId }: ConnectionOwner, limits: Limits): void {
    const countIf = (isCounted: (owner: ConnectionOwner) => boolean): number =>
      this.publications.countIf(isCounted) + this.views.countIf(isCounted);
    const ofUser = countIf((owner) => owner.userKey === userKey);
    requireWithin(limits, 'mediaConnectionsPerUser', ofUser + 1);
    const inConference = countIf((owner) => owner.conferenceId === conferenceId);
    requireWithin(limits, 'mediaConnectionsPerConference', inConference + 1);
  }

  #follow(event: ConferenceEvent): void {
    switch (event.type) {
      case 'ConferenceStreamPublishedEvent':
        this.#applyMute(event);
        break;
      case 'ConferenceMetadataUpdatedEvent':
        this.#followMetadata(event);
        break;
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
        if (this.#isHere(event)) {
          this.#options.mediaRouter.setVideoBitrate(streamKeyOf(event), event.videoBitrate);
        }
        break;
      default:
    }
  }

  #followMetadata({ conferenceId, key, value = '' }: ConferenceMetadataUpdatedEvent): void {
    const streamId = mutedStreamOf(key);
    if (streamId !== undefined) this.#applyMute({ conferenceId, streamId });
    const endpointId = participantOfPermissions(key);
    if (endpointId !== undefined && permissionsInEntry(value)?.view === false) {
      this.views.closeOf(conferenceId, endpointId);
    }
  }

  /** Whether this server receives the stream, and not another node. */
  #isHere(place: StreamPlace): boolean {
    return this.publications.find(streamKeyOf(place)) !== undefined;
  }

  #applyMute(place: StreamPlace): void {
    if (!this.#isHere(place)) return;
    this.#muted.apply(place);
  }

  #close(place: StreamPlace): void {
    this.#muted.forget(place);
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
    const { claims, conferences, onError } = this.#options;
    // Its publisher has moved it to another node.
    if (claims?.isOwn(streamKey) === false) {
      this.#close(place);
      return;
    }
    conferences
      .recordUntilDone(place.conferenceId, (state, stamp) => dropStream(state, place.streamId, stamp))
      .catch(onError);
  }
}
