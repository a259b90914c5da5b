import type {
  AddPublishStreamIceCandidatesCommand,
  JsonObject,
  PublishStreamCommand,
  PublishStreamResult,
} from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { requireOwnStream, requireParticipant } from '../conferences/preconditions.ts';
import { publishStream, streamExists, type NewStream } from '../conferences/publish-stream.ts';
import { countCandidates, type CandidateCounts } from '../limits/count-candidates.ts';
import type { Limits } from '../limits/limits.ts';
import { requireBoundedSdp } from '../limits/require-bounded-sdp.ts';
import type { MediaRouter } from '../media/media-router.ts';
import { RefusalError } from '../refusal.ts';
import { streamKeyOf, type StreamPlace } from './stream-place.ts';

/** What {@link Publications} needs. */
export interface PublicationsOptions {
  readonly conferences: Conferences;
  readonly mediaRouter: MediaRouter;
  readonly newId: () => string;
  readonly limits: Limits;
}

/** A stream whose media this server takes in. */
export interface Publication extends StreamPlace {
  /** The publisher's endpoint. */
  readonly endpointId: string;
}

/** The streams whose media this server takes in. */
export class Publications {
  readonly #options: PublicationsOptions;
  /** Streams that are published or about to be, so that nobody else takes their key. */
  readonly #publications = new Map<string, Publication>();
  readonly #candidateCounts: CandidateCounts = new WeakMap();

  constructor(options: PublicationsOptions) {
    this.#options = options;
  }

  /** Takes in a stream and announces it. Nothing of it stays when the publisher left meanwhile. */
  async publish(command: PublishStreamCommand, actor: Actor): Promise<Required<PublishStreamResult>> {
    const { conferences, mediaRouter, newId, limits } = this.#options;
    requireBoundedSdp(command.sdpOffer, limits);
    if (command.iceRestart === true) return this.#restart(command, actor);
    const stream: NewStream = {
      userEndpointId: command.userEndpointId,
      streamId: command.streamId ?? newId(),
      type: command.conferenceStreamType,
      metadata: command.metadata as JsonObject | undefined,
      videoBitrate: command.videoBitrate ?? 0,
    };
    const { conferenceId } = command;
    const { streamId } = stream;
    // Asked before the media is set up, because that costs more than to say no.
    await conferences.rehearse(conferenceId, actor, (state, context) =>
      publishStream(state, stream, context),
    );

    const streamKey = streamKeyOf({ conferenceId, streamId });
    if (this.#publications.has(streamKey)) throw streamExists(streamId);
    this.#publications.set(streamKey, { conferenceId, streamId, endpointId: stream.userEndpointId });
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
      this.close({ conferenceId, streamId });
      throw error;
    }
  }

  /** Gives the media router the publisher's candidates. */
  async addCandidates(command: AddPublishStreamIceCandidatesCommand, actor: Actor): Promise<void> {
    const { conferences, mediaRouter, limits } = this.#options;
    const state = await conferences.get(command.conferenceId, actor);
    requireOwnStream(state, requireParticipant(state, command.userEndpointId), command.streamId);
    const streamKey = streamKeyOf(command);
    const publication = this.#publications.get(streamKey);
    if (publication) countCandidates(this.#candidateCounts, publication, command.iceCandidates, limits);
    mediaRouter.addPublishCandidates(streamKey, command.iceCandidates);
  }

  /** What is behind a key of the media router; undefined when the stream is gone. */
  find(streamKey: string): Publication | undefined {
    return this.#publications.get(streamKey);
  }

  /** The streams of a conference. */
  in(conferenceId: string): readonly StreamPlace[] {
    return [...this.#publications.values()].filter((place) => place.conferenceId === conferenceId);
  }

  /** Stops taking in a stream. The media router closes its views with it. */
  close(place: StreamPlace): void {
    const streamKey = streamKeyOf(place);
    this.#publications.delete(streamKey);
    this.#options.mediaRouter.unpublish(streamKey);
  }

  /** Gives a published stream a new transport; nobody else notices. When that fails, the former one stays. */
  async #restart(command: PublishStreamCommand, actor: Actor): Promise<Required<PublishStreamResult>> {
    const { conferences, mediaRouter } = this.#options;
    const { conferenceId, userEndpointId, streamId = '', sdpOffer } = command;
    const state = await conferences.get(conferenceId, actor);
    const stream = requireOwnStream(state, requireParticipant(state, userEndpointId), streamId);
    const { type, videoBitrate: videoBitrateBps } = stream;
    const streamKey = streamKeyOf({ conferenceId, streamId });
    const { sdpAnswer } = await mediaRouter.publish({ streamKey, type, sdpOffer, videoBitrateBps });
    const publication = this.#publications.get(streamKey);
    if (publication) {
      // The new transport may have as many as the former had.
      this.#candidateCounts.delete(publication);
      return { streamId, sdpAnswer };
    }
    mediaRouter.unpublish(streamKey);
    throw new RefusalError(
      'not_found',
      'The stream was withdrawn while it was being restarted; publish it anew.',
    );
  }
}
