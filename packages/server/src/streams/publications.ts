import { createHash } from 'node:crypto';
import type {
  AddPublishStreamIceCandidatesCommand,
  JsonObject,
  PublishStreamCommand,
  PublishStreamResult,
  Stream,
} from '@parley-rtc/contract';
import { userKeyOf, type Actor } from '../actor.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { requireOwnStream, requireParticipant } from '../conferences/rules/preconditions.ts';
import { publishStream, streamExists, type NewStream } from '../conferences/rules/publish-stream.ts';
import { EngineError } from '../health/trouble.ts';
import { countCandidates, type CandidateCounts } from '../limits/count-candidates.ts';
import type { Limits } from '../limits/limits.ts';
import { requireBoundedSdp } from '../limits/require-bounded-sdp.ts';
import type { MediaRouter } from '../media/media-router.ts';
import { RefusalError } from '../refusal.ts';
import type { ConnectionOwner } from './connection-owner.ts';
import type { StreamClaims } from './stream-claims.ts';
import { streamKeyOf, type StreamPlace } from './stream-place.ts';

/** What {@link Publications} needs. */
export interface PublicationsOptions {
  readonly conferences: Conferences;
  readonly mediaRouter: MediaRouter;
  readonly newId: () => string;
  readonly limits: Limits;
  /** Refuses a connection above the limits of the user or the conference. */
  readonly requireConnectionRoom: (owner: ConnectionOwner) => void;
  /** Decides which node has a stream; absent without other nodes. */
  readonly claims?: StreamClaims | undefined;
  /** This server has taken a stream over from another node. */
  readonly onTaken: (place: StreamPlace) => void;
}

/** A stream whose media this server receives. */
export interface Publication extends StreamPlace {
  /** The publisher's endpoint. */
  readonly endpointId: string;
  /** The publisher's user. */
  readonly userKey: string;
  /** Whether its media are end-to-end encrypted, as the publisher says. */
  readonly isEncrypted: boolean;
}

/** A publication with the command that opened it, so that a repetition of the command gets the same answer. */
interface OpenPublication extends Publication {
  /** Undefined once a restart has replaced the transport, after which the answer no longer fits. */
  opening:
    { readonly commandHash: string; readonly answer: Promise<Required<PublishStreamResult>> } | undefined;
}

/** The streams whose media this server receives. */
export class Publications {
  readonly #options: PublicationsOptions;
  /** Streams that are published or about to be, so that no one else takes their key. */
  readonly #publications = new Map<string, OpenPublication>();
  readonly #candidateCounts: CandidateCounts = new WeakMap();

  constructor(options: PublicationsOptions) {
    this.#options = options;
  }

  /**
   * Receives a stream and announces it. Leaves nothing behind if the publisher leaves before the announcement. While the
   * stream lives, the same command returns the same answer: browsers and proxies repeat a command whose answer was lost.
   */
  async publish(command: PublishStreamCommand, actor: Actor): Promise<Required<PublishStreamResult>> {
    const { conferences, newId, limits, requireConnectionRoom } = this.#options;
    requireBoundedSdp(command.sdpOffer, limits);
    if (command.iceRestart === true) return this.#restart(command, actor);
    const { conferenceId, userEndpointId: endpointId, streamId = newId() } = command;
    const streamKey = streamKeyOf({ conferenceId, streamId });
    const commandHash = hashOf(command);
    const stream = streamOf(command, streamId);
    const isRepeated = (): boolean => {
      const former = this.#publications.get(streamKey);
      return former?.endpointId === endpointId && former.opening?.commandHash === commandHash;
    };
    // Checked before the media are set up, because setting up costs more than refusing.
    await conferences.rehearse(conferenceId, actor, (state, context) =>
      isRepeated() ? [] : publishStream(state, stream, context),
    );
    const former = this.#publications.get(streamKey);
    if (former?.opening && isRepeated()) return former.opening.answer;
    if (former) throw streamExists(streamId);
    const publication: OpenPublication = { ...placeOf(command, streamId, actor), opening: undefined };
    requireConnectionRoom(publication);
    // Before its media are set up, so that no one else takes its key.
    this.#publications.set(streamKey, publication);
    const answer = this.#open(streamKey, stream, command, actor);
    publication.opening = { commandHash, answer };
    return answer;
  }

  /** Passes the publisher's candidates to the media router. */
  async addCandidates(command: AddPublishStreamIceCandidatesCommand, actor: Actor): Promise<void> {
    const { conferences, mediaRouter, limits } = this.#options;
    const state = await conferences.get(command.conferenceId, actor);
    requireOwnStream(state, requireParticipant(state, command.userEndpointId), command.streamId);
    const streamKey = streamKeyOf(command);
    const publication = this.#publications.get(streamKey);
    if (publication) countCandidates(this.#candidateCounts, publication, command.iceCandidates, limits);
    mediaRouter.addPublishCandidates(streamKey, command.iceCandidates);
  }

  /** The publication with this key of the media router; undefined when the stream is gone. */
  find(streamKey: string): Publication | undefined {
    return this.#publications.get(streamKey);
  }

  /** How many streams `isCounted` selects. */
  countIf(isCounted: (owner: ConnectionOwner) => boolean): number {
    let count = 0;
    for (const publication of this.#publications.values()) if (isCounted(publication)) count += 1;
    return count;
  }

  /** The streams of a conference. */
  in(conferenceId: string): readonly Publication[] {
    return [...this.#publications.values()].filter((place) => place.conferenceId === conferenceId);
  }

  /** Stops receiving a stream. The media router closes its views with it. */
  close(place: StreamPlace): void {
    const streamKey = streamKeyOf(place);
    if (this.#publications.delete(streamKey)) this.#options.claims?.release(streamKey);
    this.#options.mediaRouter.unpublish(streamKey);
  }

  /** All streams that this server receives. */
  all(): readonly Publication[] {
    return [...this.#publications.values()];
  }

  async #open(
    streamKey: string,
    stream: NewStream,
    { conferenceId, sdpOffer }: PublishStreamCommand,
    actor: Actor,
  ): Promise<Required<PublishStreamResult>> {
    const { conferences, mediaRouter, claims } = this.#options;
    const { streamId, type, videoBitrate: videoBitrateBps } = stream;
    try {
      if ((await claims?.claim(streamKey)) === false) throw streamExists(streamId);
      const { sdpAnswer } = await mediaRouter.publish({ streamKey, type, sdpOffer, videoBitrateBps });
      await conferences.perform(conferenceId, actor, (state, context) => {
        claims?.require(streamKey);
        return publishStream(state, stream, context);
      });
      return { streamId, sdpAnswer };
    } catch (error) {
      this.close({ conferenceId, streamId });
      throw error;
    }
  }

  /**
   * Gives a published stream a new transport without notifying participants. If that fails, the former transport
   * stays.
   */
  async #restart(command: PublishStreamCommand, actor: Actor): Promise<Required<PublishStreamResult>> {
    const { conferences, mediaRouter } = this.#options;
    const { conferenceId, userEndpointId, streamId = '', sdpOffer } = command;
    const state = await conferences.get(conferenceId, actor);
    const stream = requireOwnStream(state, requireParticipant(state, userEndpointId), streamId);
    const { type, videoBitrate: videoBitrateBps } = stream;
    const streamKey = streamKeyOf({ conferenceId, streamId });
    const isElsewhere = this.#options.claims?.isOwn(streamKey) === false;
    if (isElsewhere && command.moves === true) return this.#takeOver(command, stream, actor);
    const { sdpAnswer } = await mediaRouter.publish({ streamKey, type, sdpOffer, videoBitrateBps });
    const publication = this.#publications.get(streamKey);
    if (publication) {
      publication.opening = undefined;
      // The new transport gets a candidate limit of its own.
      this.#candidateCounts.delete(publication);
      return { streamId, sdpAnswer };
    }
    mediaRouter.unpublish(streamKey);
    throw unpublishedMeanwhile();
  }

  /** Receives a stream that another node has, which is about to leave, without notifying participants. */
  async #takeOver(
    command: PublishStreamCommand,
    { id: streamId, type, videoBitrate: videoBitrateBps }: Stream,
    actor: Actor,
  ): Promise<Required<PublishStreamResult>> {
    const { mediaRouter, claims, requireConnectionRoom, onTaken } = this.#options;
    const publication: OpenPublication = { ...placeOf(command, streamId, actor), opening: undefined };
    const streamKey = streamKeyOf(publication);
    requireConnectionRoom(publication);
    // As in `publish`, so that its end, which may come meanwhile, finds it.
    this.#publications.set(streamKey, publication);
    try {
      const { sdpOffer } = command;
      const { sdpAnswer } = await mediaRouter.publish({ streamKey, type, sdpOffer, videoBitrateBps });
      if (!(await claims?.takeOver(streamKey))) throw new EngineError('node_unavailable');
      if (this.#publications.get(streamKey) !== publication) throw unpublishedMeanwhile();
      onTaken(publication);
      return { streamId, sdpAnswer };
    } catch (error) {
      const current = this.#publications.get(streamKey);
      if (current === publication) this.close(publication);
      // It ended before its media were set up, or before it was ours.
      if (!current) {
        claims?.release(streamKey);
        mediaRouter.unpublish(streamKey);
      }
      throw error;
    }
  }
}

function unpublishedMeanwhile(): RefusalError {
  return new RefusalError('not_found', 'The stream was unpublished during its restart. Publish it again.');
}

function placeOf(command: PublishStreamCommand, streamId: string, actor: Actor): Publication {
  const { conferenceId, userEndpointId: endpointId } = command;
  return {
    conferenceId,
    streamId,
    endpointId,
    userKey: userKeyOf(actor),
    isEncrypted: command.isEncrypted === true,
  };
}

function streamOf(command: PublishStreamCommand, streamId: string): NewStream {
  return {
    userEndpointId: command.userEndpointId,
    streamId,
    type: command.conferenceStreamType,
    metadata: command.metadata as JsonObject | undefined,
    videoBitrate: command.videoBitrate ?? 0,
  };
}

/** Compares offers of any length without keeping them. */
function hashOf({ conferenceStreamType, sdpOffer }: PublishStreamCommand): string {
  return createHash('sha256').update(`${conferenceStreamType} ${sdpOffer}`).digest('base64url');
}
