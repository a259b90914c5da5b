import type { Actor } from '../../actor.ts';
import type { Conferences } from '../../conferences/conferences.ts';
import { unpublishStream } from '../../conferences/rules/unpublish-stream.ts';
import { updateStreamMetadata } from '../../conferences/rules/update-stream-metadata.ts';
import { updateVideoBitrate } from '../../conferences/rules/update-video-bitrate.ts';
import type { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import type { Streams } from '../../streams/streams.ts';
import type { Handlers } from '../operations.ts';

type Names =
  | 'publishStream'
  | 'unpublishStream'
  | 'addPublishStreamIceCandidates'
  | 'updateStreamMetadata'
  | 'updatePublishedStreamBitrate'
  | 'viewStream'
  | 'updateViewStream'
  | 'stopViewStream'
  | 'addViewStreamIceCandidates';

/**
 * Commands on streams and views. A view may name the publisher's endpoint, so its rule checks the endpoint itself.
 * `takeSetup` refuses a user who sets up too many connections.
 */
export function streamHandlers(
  conferences: Conferences,
  { publications, views }: Streams,
  endpoints: UserEndpoints,
  takeSetup: (actor: Actor) => Promise<void> = () => Promise.resolve(),
): Handlers<Names> {
  return {
    publishStream: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await takeSetup(actor);
      return publications.publish(body, actor);
    },
    unpublishStream: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await conferences.perform(body.conferenceId, actor, (state, context) =>
        unpublishStream(state, body, context),
      );
    },
    addPublishStreamIceCandidates: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await publications.addCandidates(body, actor);
    },
    updateStreamMetadata: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await conferences.perform(body.conferenceId, actor, (state, context) =>
        updateStreamMetadata(state, body, context),
      );
    },
    updatePublishedStreamBitrate: async ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      await conferences.perform(body.conferenceId, actor, (state, context) =>
        updateVideoBitrate(state, body, context),
      );
    },
    viewStream: async ({ body, actor }) => {
      await takeSetup(actor);
      return views.view(body, actor);
    },
    updateViewStream: async ({ body, actor }) => views.update(body, actor),
    stopViewStream: async ({ body, actor }) => views.stop(body, actor),
    addViewStreamIceCandidates: async ({ body, actor }) => views.addCandidates(body, actor),
  };
}
