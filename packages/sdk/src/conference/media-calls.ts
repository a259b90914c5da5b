import { NotFoundError, type CallApi, type ParleyError } from '@parley-rtc/client';
import { findStream, type ConferenceState } from '@parley-rtc/contract';
import { sendInside, type Presence } from '../presence/send-inside.ts';
import type { PublishCalls } from '../publishing/publish-calls.ts';
import type { ViewCalls } from '../viewing/view-calls.ts';
import type { OwnIds } from './metadata-calls.ts';
import { sendNewOffer } from './send-new-offer.ts';

export interface MediaCallsOptions {
  readonly api: CallApi;
  readonly own: OwnIds;
  readonly conference: () => ConferenceState;
  readonly setMuted: PublishCalls['setMuted'];
  readonly presence: Presence;
  /** Whether we have left. The server then withdraws all our media itself. */
  readonly isClosed: () => boolean;
  readonly onProblem: (error: ParleyError) => void;
  /** Set if media are end-to-end encrypted. */
  readonly encryption?: object | undefined;
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
  conference,
  setMuted,
  presence,
  isClosed,
  onProblem,
  encryption,
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
  const unpublish = (streamId: string) => quietly(api.unpublishStream({ ...own, streamId }));
  const stopView = (streamId: string, viewerId: string) =>
    quietly(api.stopViewStream({ ...own, streamId, viewerId }));
  return {
    publishing: {
      sendOffer: async (command, signal) => {
        const operation = 'publishStream';
        const send = (streamId: string) =>
          sendInside(presence, { operation, signal }, () =>
            api.publishStream(
              { ...command, ...own, streamId, ...(encryption && { isEncrypted: true }) },
              { signal },
            ),
          );
        if (command.iceRestart) return send(command.streamId);
        const { id, answer } = await sendNewOffer({
          id: command.streamId,
          send,
          withdraw: unpublish,
          signal,
        });
        return { streamId: id, ...answer };
      },
      sendCandidates: (streamId, iceCandidates) =>
        quietly(api.addPublishStreamIceCandidates({ ...own, streamId, iceCandidates })),
      withdraw: (streamId) => (isClosed() ? undefined : unpublish(streamId)),
      // The server drops the entries of an endpoint that leaves, or with the conference.
      setMuted: async (...entry) => {
        if (!isClosed()) await setMuted(...entry);
      },
      setBitrate: (streamId, videoBitrate) =>
        api.updatePublishedStreamBitrate({ ...own, streamId, videoBitrate }),
      setMetadata: (streamId, newMetadata) => api.updateStreamMetadata({ ...own, streamId, newMetadata }),
    },
    viewing: (streamId) => ({
      sendOffer: async ({ isNewPath, ...command }, signal) => {
        const operation = 'viewStream';
        const send = (viewerId: string) =>
          sendInside(presence, { operation, signal }, () =>
            api.viewStream({ ...command, ...own, streamId, viewerId }, { signal }),
          );
        if (isNewPath) return send(command.viewerId);
        const { id, answer } = await sendNewOffer({
          id: command.viewerId,
          send,
          withdraw: (viewerId) => stopView(streamId, viewerId),
          signal,
        });
        return { viewerId: id, ...answer };
      },
      sendCandidates: (viewerId, iceCandidates) =>
        quietly(api.addViewStreamIceCandidates({ ...own, streamId, viewerId, iceCandidates })),
      updateVideo: (viewerId, video) => api.updateViewStream({ ...own, streamId, viewerId, video }),
      // The server ends a view together with its stream. An app that stops the view in response to the new state would only
      // fill the console with 404s.
      withdraw: (viewerId) =>
        isClosed() || !findStream(conference(), streamId) ? undefined : stopView(streamId, viewerId),
    }),
  };
}
