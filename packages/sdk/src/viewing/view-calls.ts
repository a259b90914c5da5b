import type { ViewedVideo, ViewStreamCommand, ViewStreamResult } from '@parley-rtc/contract';
import type { LinkCalls } from '../connection/stream-link.ts';

/** An offer to receive a stream, in a view whose id the SDK chose. */
type ViewOffer = Omit<ViewStreamCommand, 'conferenceId' | 'userEndpointId' | 'streamId'> & {
  readonly viewerId: string;
  /** Whether it only needs a new path for a connection that exists. */
  readonly isNewPath: boolean;
};

/** The API calls of viewing one stream, made for one endpoint in one conference. */
export interface ViewCalls extends LinkCalls {
  readonly sendOffer: (offer: ViewOffer, signal: AbortSignal) => Promise<ViewStreamResult>;
  readonly updateVideo: (viewerId: string, video: ViewedVideo) => Promise<void>;
}
