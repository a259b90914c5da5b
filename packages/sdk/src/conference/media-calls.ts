import { NotFoundError, type ParleyError, type RtcApi } from '@parley-rtc/client';
import type { ViewedVideo } from '@parley-rtc/contract';
import type { PublishVerbs } from '../media/open-publication.ts';
import type { ViewVerbs } from '../media/view-media.ts';
import type { OwnIds } from './metadata-calls.ts';

type MediaCalls = Pick<
  PublishVerbs,
  'publish' | 'sendCandidates' | 'unpublish' | 'setBitrate' | 'setMetadata'
> & {
  readonly view: ViewVerbs['view'];
  sendViewCandidates(
    streamId: string,
    viewerId: string,
    candidates: readonly RTCIceCandidateInit[],
  ): Promise<boolean>;
  updateView(streamId: string, viewerId: string, video: ViewedVideo): Promise<void>;
  stopView(streamId: string, viewerId: string): Promise<unknown>;
};

/**
 * The calls about media, made for one endpoint in one conference. Those that nobody waits for never reject: what fails
 * goes to `onProblem`, except that the server does not know what they are about (404): then they resolve with false.
 */
export function mediaCalls(api: RtcApi, own: OwnIds, onProblem: (error: ParleyError) => void): MediaCalls {
  const quietly = (call: Promise<void>) =>
    call.then(
      () => true,
      (error: ParleyError) => {
        if (error instanceof NotFoundError) return false;
        onProblem(error);
        return true;
      },
    );
  return {
    publish: (command, signal) => api.publishStream({ ...command, ...own }, { signal }),
    unpublish: (streamId) => quietly(api.unpublishStream({ ...own, streamId })),
    sendCandidates: (streamId, iceCandidates) =>
      quietly(api.addPublishStreamIceCandidates({ ...own, streamId, iceCandidates })),
    setBitrate: (streamId, videoBitrate) =>
      api.updatePublishedStreamBitrate({ ...own, streamId, videoBitrate }),
    setMetadata: (streamId, newMetadata) => api.updateStreamMetadata({ ...own, streamId, newMetadata }),
    view: (command, signal) => api.viewStream({ ...command, ...own }, { signal }),
    updateView: (streamId, viewerId, video) => api.updateViewStream({ ...own, streamId, viewerId, video }),
    stopView: (streamId, viewerId) => quietly(api.stopViewStream({ ...own, streamId, viewerId })),
    sendViewCandidates: (streamId, viewerId, iceCandidates) =>
      quietly(api.addViewStreamIceCandidates({ ...own, streamId, viewerId, iceCandidates })),
  };
}
