import type {
  AddViewStreamIceCandidatesCommand,
  Participant,
  StopViewStreamCommand,
  UpdateViewStreamCommand,
  ViewStreamCommand,
  ViewStreamResult,
} from '@parley-rtc/contract';
import { userKeyOf, type Actor } from '../actor.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { requirePermitted } from '../conferences/rules/permissions.ts';
import { requireStream } from '../conferences/rules/preconditions.ts';
import { viewerOf } from '../conferences/rules/view-stream.ts';
import { countCandidates, type CandidateCounts } from '../limits/count-candidates.ts';
import type { Limits } from '../limits/limits.ts';
import { requireBoundedSdp } from '../limits/require-bounded-sdp.ts';
import { requireWithin } from '../limits/require-within.ts';
import type { MediaRouter } from '../media/media-router.ts';
import { RefusalError } from '../refusal.ts';
import type { ViewClaim, ViewerIds } from '../storage/storage.ts';
import type { ConnectionOwner } from './connection-owner.ts';
import { streamKeyOf } from './stream-place.ts';
import { Views, type View } from './views.ts';

/** What {@link StreamViews} needs. */
export interface StreamViewsOptions {
  readonly conferences: Conferences;
  readonly mediaRouter: MediaRouter;
  readonly newId: () => string;
  readonly limits: Limits;
  /** Whether the views of one endpoint share an estimate of its link. Default false. */
  readonly sharesLinks?: boolean | undefined;
  /** Whether the endpoint is the actor's. */
  readonly ownsEndpoint: (actor: Actor, endpointId: string) => boolean;
  /** Refuses a connection above the limits of the user or the conference. */
  readonly requireConnectionRoom: (owner: ConnectionOwner) => void;
  /** Viewer ids in use at all nodes; absent without other nodes. */
  readonly viewerIds?: ViewerIds | undefined;
  /** Receives errors of background work. */
  readonly onError: (error: unknown) => void;
}

/** The views whose media this server sends. */
export class StreamViews {
  readonly #options: StreamViewsOptions;
  readonly #views = new Views();
  /** Views that have media, unlike those that are being opened. */
  readonly #open = new WeakSet<View>();
  readonly #candidateCounts: CandidateCounts = new WeakMap();

  constructor(options: StreamViewsOptions) {
    this.#options = options;
  }

  /** How many views are open or being opened. */
  get count(): number {
    return this.#views.size;
  }

  /** How many views `isCounted` selects. */
  countIf(isCounted: (owner: ConnectionOwner) => boolean): number {
    return this.#views.countIf(isCounted);
  }

  /** Sends a stream to the caller. The same viewer id again replaces the view (decision 13). */
  async view(command: ViewStreamCommand, actor: Actor): Promise<Required<ViewStreamResult>> {
    const { conferences, mediaRouter, newId, limits, sharesLinks } = this.#options;
    const state = await conferences.get(command.conferenceId, actor);
    const viewer = viewerOf(state, command, this.#isOwn(actor));
    requirePermitted(viewer, 'view');
    requireStream(state, command.streamId);
    const { conferenceId, streamId, viewerId = newId(), video } = command;
    requireBoundedSdp(command.sdpOffer, limits);
    const userKey = userKeyOf(actor);
    const view: View = { conferenceId, streamId, viewerId, userKey, endpointId: viewer.id };
    const streamKey = streamKeyOf(view);
    await this.#claimId(view);
    const former = this.#admit(view);
    this.#views.set(view);
    try {
      const { sdpOffer } = command;
      const { sdpAnswer } = await mediaRouter.view({
        streamKey,
        viewerId,
        sdpOffer,
        ...(sharesLinks && { linkKey: JSON.stringify([conferenceId, viewer.id]) }),
        ...(video && { video }),
      });
      const current = this.#views.get(conferenceId, viewerId);
      if (current === view) {
        this.#open.add(view);
        return { viewerId, sdpAnswer };
      }
      if (!current) mediaRouter.stopView(streamKey, viewerId);
    } catch (error) {
      if (this.#views.get(conferenceId, viewerId) === view) this.#giveUp(view, former);
      throw error;
    }
    throw new RefusalError(
      'not_found',
      'The view closed during its setup: the stream was unpublished, you left, or a newer view replaced it. View the stream again if it still exists.',
    );
  }

  /** Passes the viewer's candidates to the media router. */
  async addCandidates(command: AddViewStreamIceCandidatesCommand, actor: Actor): Promise<void> {
    const view = await this.#requireOwn(command, actor);
    countCandidates(this.#candidateCounts, view, command.iceCandidates, this.#options.limits);
    this.#options.mediaRouter.addViewCandidates(streamKeyOf(view), view.viewerId, command.iceCandidates);
  }

  /** Changes which video a view of the caller receives; refuses with `not_found` if there is no such view. */
  async update(command: UpdateViewStreamCommand, actor: Actor): Promise<void> {
    const view = await this.#requireOwn(command, actor);
    this.#options.mediaRouter.setViewedVideo(streamKeyOf(view), view.viewerId, command.video);
  }

  /** Closes a view of the caller; refuses with `not_found` if there is no such view (decision 32). */
  async stop(command: StopViewStreamCommand, actor: Actor): Promise<void> {
    this.#close(await this.#requireOwn(command, actor));
  }

  /** Closes all views of an endpoint that has left. */
  closeOf(conferenceId: string, endpointId: string): void {
    for (const view of this.#views.take(conferenceId, (view) => view.endpointId === endpointId))
      this.#close(view);
  }

  /** Forgets the views of a stream that the media router has closed, or is about to. */
  forgetOf(conferenceId: string, streamId: string): void {
    for (const view of this.#views.take(conferenceId, (view) => view.streamId === streamId))
      this.#releaseId(view);
  }

  /** Closes the view whose peer was lost. */
  lose(conferenceId: string, streamId: string, viewerId: string): void {
    const view = this.#views.get(conferenceId, viewerId);
    if (view?.streamId === streamId) this.#close(view);
  }

  /** The endpoint behind a view; undefined if there is no such view. */
  endpointOf(conferenceId: string, viewerId: string): string | undefined {
    return this.#views.get(conferenceId, viewerId)?.endpointId;
  }

  async #requireOwn(
    command: Pick<StopViewStreamCommand, 'conferenceId' | 'userEndpointId' | 'streamId' | 'viewerId'>,
    actor: Actor,
  ): Promise<View> {
    viewerOf(await this.#options.conferences.get(command.conferenceId, actor), command, this.#isOwn(actor));
    const view = this.#views.get(command.conferenceId, command.viewerId);
    if (view?.streamId !== command.streamId) {
      throw new RefusalError('not_found', 'The stream has no such view. Treat it as stopped.');
    }
    requireViewOf(userKeyOf(actor), view);
    return view;
  }

  #isOwn(actor: Actor): (participant: Participant) => boolean {
    return ({ id }) => this.#options.ownsEndpoint(actor, id);
  }

  /** Takes the viewer id, which must not be in use for a stream of another node either. */
  async #claimId(view: View): Promise<void> {
    const former = await this.#options.viewerIds?.claim(claimOf(view));
    if (former) requireReplaceable(former, view);
  }

  /** Checks that there is room for a view on this server, and returns the one that it replaces. */
  #admit(view: View): View | undefined {
    const { limits, requireConnectionRoom } = this.#options;
    const { conferenceId, viewerId, endpointId } = view;
    const former = this.#views.get(conferenceId, viewerId);
    if (former) {
      requireReplaceable(claimOf(former), view);
      return former;
    }
    try {
      requireWithin(limits, 'viewsPerEndpoint', this.#views.countOf(conferenceId, endpointId) + 1);
      requireConnectionRoom(view);
    } catch (error) {
      this.#releaseId(view);
      throw error;
    }
    return undefined;
  }

  #releaseId(view: View): void {
    const { viewerIds, onError } = this.#options;
    viewerIds?.release(claimOf(view)).catch(onError);
  }

  /** Ends the setup of a view. The view that it was to replace goes on, and would otherwise belong to nobody. */
  #giveUp(view: View, former: View | undefined): void {
    if (former && this.#open.has(former)) this.#views.set(former);
    else this.#close(view);
  }

  #close(view: View): void {
    this.#views.delete(view);
    this.#releaseId(view);
    this.#options.mediaRouter.stopView(streamKeyOf(view), view.viewerId);
  }
}

function claimOf(view: View): ViewClaim {
  const { conferenceId, viewerId, userKey } = view;
  return { conferenceId, viewerId, userKey, streamKey: streamKeyOf(view) };
}

function requireReplaceable(former: Pick<ViewClaim, 'streamKey' | 'userKey'>, view: View): void {
  requireViewOf(view.userKey, former);
  if (former.streamKey === streamKeyOf(view)) return;
  throw new RefusalError(
    'invalid_request',
    `viewerId "${view.viewerId}" is in use for another stream. Choose one per stream, or omit it.`,
  );
}

function requireViewOf(userKey: string, view: Pick<View, 'userKey'>): void {
  if (view.userKey !== userKey) {
    throw new RefusalError(
      'forbidden',
      "This viewerId belongs to another user's view. Choose another, or omit it.",
    );
  }
}
