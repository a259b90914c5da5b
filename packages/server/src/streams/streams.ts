import {
  type AddPublishStreamIceCandidatesCommand,
  type AddViewStreamIceCandidatesCommand,
  type ConferenceEvent,
  type JsonObject,
  type PublishStreamCommand,
  type PublishStreamResult,
  type StopViewStreamCommand,
  type ViewStreamCommand,
  type ViewStreamResult,
} from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { requireOwnStream, requireParticipant, requireStream } from '../conferences/preconditions.ts';
import { publishStream, streamExists, type NewStream } from '../conferences/publish-stream.ts';
import { dropStream } from '../conferences/unpublish-stream.ts';
import { viewerOf } from '../conferences/view-stream.ts';
import { countCandidates, type CandidateCounts } from '../limits/count-candidates.ts';
import { defaultLimits, type Limits } from '../limits/limits.ts';
import { requireBoundedSdp } from '../limits/require-bounded-sdp.ts';
import { requireWithin } from '../limits/require-within.ts';
import type { LostPeer, MediaRouter } from '../media/media-router.ts';
import { RefusalError } from '../refusal.ts';
import { Views, type View } from './views.ts';

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

interface StreamPlace {
  readonly conferenceId: string;
  readonly streamId: string;
}

/**
 * Brings the media in line with the conferences. Commands set it up; taking it down follows the events, whatever
 * caused them: a command, a silent endpoint, the end.
 */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #views = new Views();
  /** Streams that are published or about to be, so that nobody else takes their key. */
  readonly #places = new Map<string, StreamPlace>();
  readonly #candidateCounts: CandidateCounts = new WeakMap();
  readonly #limits: Limits;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultLimits;
    options.conferences.onEvents((events) => {
      // What is logged has happened; if the media cannot follow, the command has not failed.
      try {
        for (const event of events) this.#follow(event);
      } catch (error) {
        options.onError(error);
      }
    });
    options.mediaRouter.onPeerLost((lost) => {
      this.#loseHold(lost);
    });
  }

  /** How many views are open or being opened. */
  get viewCount(): number {
    return this.#views.size;
  }

  /** Takes in a stream and announces it. Nothing of it stays when the publisher left meanwhile. */
  async publish(command: PublishStreamCommand, actor: Actor): Promise<Required<PublishStreamResult>> {
    const { conferences, mediaRouter, newId } = this.#options;
    const stream: NewStream = {
      userEndpointId: command.userEndpointId,
      streamId: command.streamId ?? newId(),
      type: command.conferenceStreamType,
      metadata: command.metadata as JsonObject | undefined,
      videoBitrate: command.videoBitrate ?? 0,
    };
    const { conferenceId } = command;
    const { streamId } = stream;
    requireBoundedSdp(command.sdpOffer, this.#limits);
    // Asked before the media is set up, because that costs more than to say no.
    await conferences.rehearse(conferenceId, actor, (state, context) =>
      publishStream(state, stream, context),
    );

    const streamKey = streamKeyOf({ conferenceId, streamId });
    if (this.#places.has(streamKey)) throw streamExists(streamId);
    this.#places.set(streamKey, { conferenceId, streamId });
    try {
      const { sdpAnswer } = await mediaRouter.publish({
        streamKey,
        type: stream.type,
        sdpOffer: command.sdpOffer,
        videoBitrateBps: stream.videoBitrate,
      });
      await conferences.perform(conferenceId, actor, (state, context) =>
        publishStream(state, stream, context),
      );
      return { streamId, sdpAnswer };
    } catch (error) {
      this.#close({ conferenceId, streamId });
      throw error;
    }
  }

  /** Gives the media router the publisher's candidates. */
  async addPublishCandidates(command: AddPublishStreamIceCandidatesCommand, actor: Actor): Promise<void> {
    const state = await this.#options.conferences.get(command.conferenceId, actor);
    requireOwnStream(state, requireParticipant(state, command.userEndpointId), command.streamId);
    const streamKey = streamKeyOf(command);
    const place = this.#places.get(streamKey);
    if (place) countCandidates(this.#candidateCounts, place, command.iceCandidates, this.#limits);
    this.#options.mediaRouter.addPublishCandidates(streamKey, command.iceCandidates);
  }

  /** Gives a stream to the caller. The same viewer id again replaces the view (decision 13). */
  async view(command: ViewStreamCommand, actor: Actor): Promise<Required<ViewStreamResult>> {
    const { conferences, mediaRouter, newId } = this.#options;
    const state = await conferences.get(command.conferenceId, actor);
    const viewer = viewerOf(state, command, actor);
    requireStream(state, command.streamId);
    const { conferenceId, streamId, viewerId = newId() } = command;
    requireBoundedSdp(command.sdpOffer, this.#limits);
    this.#requireUsableViewerId(conferenceId, streamId, viewerId, actor);
    if (!this.#views.get(conferenceId, viewerId)) {
      requireWithin(this.#limits, 'viewsPerEndpoint', this.#views.countOf(conferenceId, viewer.id) + 1);
    }

    const view: View = { conferenceId, streamId, viewerId, userId: actor.userId, endpointId: viewer.id };
    const streamKey = streamKeyOf(view);
    this.#views.set(view);
    try {
      const { sdpAnswer } = await mediaRouter.view({ streamKey, viewerId, sdpOffer: command.sdpOffer });
      const current = this.#views.get(conferenceId, viewerId);
      if (current === view) return { viewerId, sdpAnswer };
      if (!current) mediaRouter.stopView(streamKey, viewerId);
    } catch (error) {
      this.#views.delete(view);
      throw error;
    }
    throw new RefusalError(
      'not_found',
      'The view was closed while it was being set up: the stream was withdrawn, you left, or a newer view took its place.',
    );
  }

  /** Gives the media router the viewer's candidates. */
  async addViewCandidates(command: AddViewStreamIceCandidatesCommand, actor: Actor): Promise<void> {
    const view = await this.#requireOwnView(command, actor);
    countCandidates(this.#candidateCounts, view, command.iceCandidates, this.#limits);
    this.#options.mediaRouter.addViewCandidates(streamKeyOf(view), view.viewerId, command.iceCandidates);
  }

  /** Closes a view of the caller; refused with `not_found` when there is none (decision 32). */
  async stopView(command: StopViewStreamCommand, actor: Actor): Promise<void> {
    this.#stop(await this.#requireOwnView(command, actor));
  }

  async #requireOwnView(
    command: StopViewStreamCommand | AddViewStreamIceCandidatesCommand,
    actor: Actor,
  ): Promise<View> {
    viewerOf(await this.#options.conferences.get(command.conferenceId, actor), command, actor);
    const view = this.#views.get(command.conferenceId, command.viewerId);
    if (view?.streamId !== command.streamId) {
      throw new RefusalError('not_found', 'No such view of this stream; take it as stopped.');
    }
    requireViewOf(actor, view);
    return view;
  }

  #requireUsableViewerId(conferenceId: string, streamId: string, viewerId: string, actor: Actor): void {
    const former = this.#views.get(conferenceId, viewerId);
    if (!former) return;
    requireViewOf(actor, former);
    if (former.streamId !== streamId) {
      throw new RefusalError(
        'invalid_request',
        `viewerId "${viewerId}" is in use for another stream. Choose another for each stream, or none.`,
      );
    }
  }

  #follow(event: ConferenceEvent): void {
    switch (event.type) {
      case 'ConferenceStreamUnpublishedEvent':
        this.#close(event);
        break;
      case 'ConferenceLeftEvent':
        for (const view of this.#views.take(
          event.conferenceId,
          ({ endpointId }) => endpointId === event.userEndpointId,
        )) {
          this.#stop(view);
        }
        break;
      case 'ConferenceEndedEvent':
        for (const place of this.#places.values()) {
          if (place.conferenceId === event.conferenceId) this.#close(place);
        }
        break;
      case 'ConferenceStreamBitrateUpdatedEvent':
        this.#options.mediaRouter.setVideoBitrate(streamKeyOf(event), event.videoBitrate);
        break;
      default:
    }
  }

  #stop(view: View): void {
    this.#views.delete(view);
    this.#options.mediaRouter.stopView(streamKeyOf(view), view.viewerId);
  }

  /** The media router closes the views of a stream with it. */
  #close({ conferenceId, streamId }: StreamPlace): void {
    const streamKey = streamKeyOf({ conferenceId, streamId });
    this.#places.delete(streamKey);
    this.#views.take(conferenceId, (view) => view.streamId === streamId);
    this.#options.mediaRouter.unpublish(streamKey);
  }

  #loseHold({ streamKey, viewerId }: LostPeer): void {
    const place = this.#places.get(streamKey);
    if (!place) return;
    if (viewerId !== undefined) {
      const view = this.#views.get(place.conferenceId, viewerId);
      if (view?.streamId === place.streamId) this.#stop(view);
      return;
    }
    const { conferences, onError } = this.#options;
    conferences
      .record(place.conferenceId, (state, stamp) => dropStream(state, place.streamId, stamp))
      .catch(onError);
  }
}

function requireViewOf(actor: Actor, view: View): void {
  if (view.userId !== actor.userId) {
    throw new RefusalError(
      'forbidden',
      'This viewerId belongs to a view of somebody else. Choose another, or none.',
    );
  }
}

/** Unique on this server, whatever characters the ids hold. */
function streamKeyOf({ conferenceId, streamId }: StreamPlace): string {
  return JSON.stringify([conferenceId, streamId]);
}
