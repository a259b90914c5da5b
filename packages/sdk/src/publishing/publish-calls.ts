import type { JsonObject, PublishStreamCommand, PublishStreamResult } from '@parley-rtc/contract';
import type { LinkCalls } from '../connection/stream-link.ts';
import type { TrackKind } from '../stream-kinds.ts';

/** An offer of a stream whose id the SDK chose. */
type PublishOffer = Omit<PublishStreamCommand, 'conferenceId' | 'userEndpointId' | 'streamId'> & {
  readonly streamId: string;
};

/** The API calls of publishing, made for one endpoint in one conference. */
export interface PublishCalls extends LinkCalls {
  readonly sendOffer: (offer: PublishOffer, signal: AbortSignal) => Promise<PublishStreamResult>;
  readonly setMuted: (streamId: string, kind: TrackKind, muted: boolean) => Promise<void>;
  readonly setBitrate: (streamId: string, bitrateBps: number) => Promise<void>;
  readonly setMetadata: (streamId: string, metadata: JsonObject) => Promise<void>;
}
