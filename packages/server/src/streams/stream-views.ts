import type {
  AddViewStreamIceCandidatesCommand,
  StopViewStreamCommand,
  UpdateViewStreamCommand,
  ViewStreamCommand,
  ViewStreamResult,
} from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { requireStream } from '../conferences/preconditions.ts';
import { viewerOf } from '../conferences/view-stream.ts';
import { countCandidates, type CandidateCounts } from '../limits/count-candidates.ts';
import type { Limits } from '../limits/limits.ts';
import { requireBoundedSdp } from '../limits/require-bounded-sdp.ts';
import { requireWithin } from '../limits/require-within.ts';
import type { MediaRouter } from '../media/media-router.ts';
import { RefusalError } from '../refusal.ts';
import { streamKeyOf } from './stream-place.ts';
import { Views, type View } from './views.ts';

/** What {@link StreamViews} needs. */
export interface StreamViewsOptions {
  readonly conferences: Conferences;
  readonly mediaRouter: MediaRouter;
  readonly newId: () => string;
  readonly limits: Limits;
}

/** The views whose media this server sends. */
export class StreamViews {
  readonly #options: StreamViewsOptions;
  readonly #views = new Views();
  readonly #candidateCounts: CandidateCounts = new WeakMap();

  constructor(options: StreamViewsOptions) {
    this.#options = options;
  }

  /** How many views are open or being opened. */
  get count(): number {
    return this.#views.size;
  }

  /** Gives a stream to the caller. The same viewer id again replaces the view (decision 13). */
  async view(command: ViewStreamCommand, actor: Actor): Promise<Required<ViewStreamResult>> {
    const { conferences, mediaRouter, newId, limits } = this.#options;
    const state = await conferences.get(command.conferenceId, actor);
    const viewer = viewerOf(state, command, actor);
    requireStream(state, command.streamId);
    const { conferenceId, streamId, viewerId = newId(), video } = command;
    requireBoundedSdp(command.sdpOffer, limits);
    this.#requireUsableViewerId(conferenceId, streamId, viewerId, actor);
    if (!this.#views.get(conferenceId, viewerId)) {
      requireWithin(limits, 'viewsPerEndpoint', this.#views.countOf(conferenceId, viewer.id) + 1);
    }

    const view: View = { conferenceId, streamId, viewerId, userId: actor.userId, endpointId: viewer.id };
    const streamKey = streamKeyOf(view);
    this.#views.set(view);
    try {
      const { sdpOffer } = command;
      const { sdpAnswer } = await mediaRouter.view({
        streamKey,
        viewerId,
        sdpOffer,
        ...(video && { video }),
      });
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
  async addCandidates(command: AddViewStreamIceCandidatesCommand, actor: Actor): Promise<void> {
    const view = await this.#requireOwn(command, actor);
    countCandidates(this.#candidateCounts, view, command.iceCandidates, this.#options.limits);
    this.#options.mediaRouter.addViewCandidates(streamKeyOf(view), view.viewerId, command.iceCandidates);
  }

  /** Changes what a view of the caller gets; refused with `not_found` when there is none. */
  async update(command: UpdateViewStreamCommand, actor: Actor): Promise<void> {
    const view = await this.#requireOwn(command, actor);
    this.#options.mediaRouter.setViewedVideo(streamKeyOf(view), view.viewerId, command.video);
  }

  /** Closes a view of the caller; refused with `not_found` when there is none (decision 32). */
  async stop(command: StopViewStreamCommand, actor: Actor): Promise<void> {
    this.#close(await this.#requireOwn(command, actor));
  }

  /** Closes all views of an endpoint that is no longer inside. */
  closeOf(conferenceId: string, endpointId: string): void {
    for (const view of this.#views.take(conferenceId, (of) => of.endpointId === endpointId))
      this.#close(view);
  }

  /** Forgets the views of a stream that the media router has closed, or is about to. */
  forgetOf(conferenceId: string, streamId: string): void {
    this.#views.take(conferenceId, (view) => view.streamId === streamId);
  }

  /** Closes the view whose peer is gone. */
  lose(conferenceId: string, streamId: string, viewerId: string): void {
    const view = this.#views.get(conferenceId, viewerId);
    if (view?.streamId === streamId) this.#close(view);
  }

  /** The endpoint that receives by a view; undefined when there is no such view. */
  endpointOf(conferenceId: string, viewerId: string): string | undefined {
    return this.#views.get(conferenceId, viewerId)?.endpointId;
  }

  async #requireOwn(
    command: Pick<StopViewStreamCommand, 'conferenceId' | 'userEndpointId' | 'streamId' | 'viewerId'>,
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

  #close(view: View): void {
    this.#views.delete(view);
    this.#options.mediaRouter.stopView(streamKeyOf(view), view.viewerId);
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
