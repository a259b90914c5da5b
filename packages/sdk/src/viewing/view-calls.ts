import type { ViewedVideo, ViewStreamCommand, ViewStreamResult } from '@parley-rtc/contract';
import type { LinkCalls } from '../connection/stream-link.ts';

/** The API calls of viewing one stream, made for one endpoint in one conference. */
export interface ViewCalls extends LinkCalls {
  readonly sendOffer: (
    command: Omit<ViewStreamCommand, 'conferenceId' | 'userEndpointId' | 'streamId'>,
    signal: AbortSignal,
  ) => Promise<ViewStreamResult>;
  readonly updateVideo: (viewerId: string, video: ViewedVideo) => Promise<void>;
}
