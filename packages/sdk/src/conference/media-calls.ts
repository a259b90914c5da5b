import { NotFoundError, type ParleyError, type RtcApi } from '@parley-rtc/client';
import type { PublishCalls } from '../publishing/publish-calls.ts';
import type { ViewCalls } from '../viewing/view-calls.ts';
import type { OwnIds } from './metadata-calls.ts';
import { publishOnce } from './publish-once.ts';

export interface MediaCallsOptions {
  readonly api: RtcApi;
  readonly own: OwnIds;
  readonly setMuted: PublishCalls['setMuted'];
  /** Resolves immediately unless we are rejoining, then once we are inside again or `signal` aborts. */
  readonly untilInside: (signal: AbortSignal) => Promise<void>;
  /** Whether we have left. The server then withdraws all our media itself. */
  readonly isClosed: () => boolean;
  readonly onProblem: (error: ParleyError) => void;
}

export interface MediaCalls {
  readonly publishing: PublishCalls;
  readonly viewing: (streamId: string) => ViewCalls;
}

/**
 * Creates the media calls. Calls whose result nothing awaits never reject: they report a failure to `onProblem`, except that
 * they resolve with false when the server does not know the stream or view (404).
 */
export function mediaCalls({
  api,
  own,
  setMuted,
  untilInside,
  isClosed,
  onProblem,
}: MediaCallsOptions): MediaCalls {
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
    publishing: {
      sendOffer: async (command, signal) => {
        await untilInside(signal);
        return publishOnce(command, {
          publish: (offer) => api.publishStream({ ...offer, ...own }, { signal }),
          withdraw: (streamId) => api.unpublishStream({ ...own, streamId }, { signal }),
        });
      },
      sendCandidates: (streamId, iceCandidates) =>
        quietly(api.addPublishStreamIceCandidates({ ...own, streamId, iceCandidates })),
      withdraw: (streamId) => (isClosed() ? undefined : quietly(api.unpublishStream({ ...own, streamId }))),
      // The server drops the entries of an endpoint that leaves, or with the conference.
      setMuted: async (...entry) => {
        if (!isClosed()) await setMuted(...entry);
      },
      setBitrate: (streamId, videoBitrate) =>
        api.updatePublishedStreamBitrate({ ...own, streamId, videoBitrate }),
      setMetadata: (streamId, newMetadata) => api.updateStreamMetadata({ ...own, streamId, newMetadata }),
    },
    viewing: (streamId) => ({
      sendOffer: async (command, signal) => {
        await untilInside(signal);
        return api.viewStream({ ...command, ...own, streamId }, { signal });
      },
      sendCandidates: (viewerId, iceCandidates) =>
        quietly(api.addViewStreamIceCandidates({ ...own, streamId, viewerId, iceCandidates })),
      updateVideo: (viewerId, video) => api.updateViewStream({ ...own, streamId, viewerId, video }),
      withdraw: (viewerId) =>
        isClosed() ? undefined : quietly(api.stopViewStream({ ...own, streamId, viewerId })),
    }),
  };
}
