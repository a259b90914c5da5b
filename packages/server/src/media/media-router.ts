import type { IceCandidate, StreamType, ViewedVideo } from '@parley-rtc/contract';
import type { MediaKind } from './codecs/codec.ts';

/**
 * Takes streams in and gives them out; the rest of the server knows nothing about SDP or RTP.
 *
 * `streamKey` is an opaque key that is unique on this server (a stream id is only unique within its conference).
 * Every answer already holds all of the server's candidates: the API has no channel to send more (reference, fact 2).
 */
export interface MediaRouter {
  /** Takes in a stream. Publishing a key that exists replaces its transport, and its viewers go on. */
  publish(request: PublishRequest): Promise<{ readonly sdpAnswer: string }>;
  /** Accepts an empty list, and an empty `candidate` as end-of-candidates. */
  addPublishCandidates(streamKey: string, candidates: readonly IceCandidate[]): void;
  /** Closes the stream and every view of it; does nothing for a stream that is not there. */
  unpublish(streamKey: string): void;
  /** Caps what the publisher sends as video, in bits per second; 0 lifts the cap. */
  setVideoBitrate(streamKey: string, videoBitrateBps: number): void;

  /** Gives a stream to one more viewer. The same `viewerId` again replaces the former view. */
  view(request: ViewRequest): Promise<{ readonly sdpAnswer: string }>;
  addViewCandidates(streamKey: string, viewerId: string, candidates: readonly IceCandidate[]): void;
  /** Replaces what a view wants of the video; packets follow from the next key frame on. */
  setViewedVideo(streamKey: string, viewerId: string, video: ViewedVideo): void;
  /** Closes one view; does nothing for a view that is not there. */
  stopView(streamKey: string, viewerId: string): void;

  /** Calls `listener` when a peer is gone for good (no ICE consent, closed by the peer), until the returned function is called. */
  onPeerLost(listener: (lost: LostPeer) => void): () => void;

  /** Calls `listener` when other simulcast layers of a stream are viewed than before, until the returned function is called. */
  onLayersChanged(listener: (changed: ChangedLayers) => void): () => void;

  /** How every publisher's and viewer's media fare. */
  facts(): Promise<readonly PeerFacts[]>;

  /** Closes all streams and frees ports and threads. */
  close(): Promise<void>;
}

export interface PublishRequest {
  readonly streamKey: string;
  readonly type: StreamType;
  readonly sdpOffer: string;
  /** Cap for the video in bits per second; 0 means none. */
  readonly videoBitrateBps: number;
}

export interface ViewRequest {
  readonly streamKey: string;
  readonly viewerId: string;
  readonly sdpOffer: string;
  /** What the view wants of the video. Default: the best that its link carries. */
  readonly video?: ViewedVideo;
}

/** How the media of one peer fare. */
export interface PeerFacts {
  readonly streamKey: string;
  /** The view that this is about; absent when it is the publisher. */
  readonly viewerId?: string;
  /** One for each kind and, at a publisher, each simulcast layer. */
  readonly media: readonly MediaFacts[];
}

/** How one kind of media fares between a peer and the router, in the direction that it flows. */
export interface MediaFacts {
  readonly kind: MediaKind;
  /** The simulcast layer that arrives, or that a view gets; absent without simulcast. */
  readonly rid?: string;
  /** Since the peer came. */
  readonly packets: number;
  /** Since the peer came, without RTP headers. */
  readonly bytes: number;
  /** Key frames since the peer came; 0 for audio. */
  readonly keyFrames: number;
  /** Bits per second, over the last second or two. */
  readonly bitrateBps: number;
  /** Share of the packets that did not arrive in the first try, 0 to 1, over the last report. */
  readonly lossRatio: number;
  readonly jitterMs: number;
  /** Round trip between peer and router; absent as long as nobody has told. */
  readonly roundTripMs?: number;
  /** What the link carries, as the peer or the router estimates it; absent when nobody does. */
  readonly estimateBps?: number;
}

/** Layers that nobody views need not be sent. */
export interface ChangedLayers {
  readonly streamKey: string;
  /** The `rid`s that somebody views, or may at once; empty when nobody views the video. */
  readonly activeRids: readonly string[];
}

export interface LostPeer {
  readonly streamKey: string;
  /** The view that was lost; absent when the publisher is. */
  readonly viewerId?: string;
}

/** What a media router may refuse. */
export type MediaErrorCode =
  /** The SDP cannot be read, or holds no media that could be answered. */
  | 'bad_offer'
  /** Offer and stream share no codec. */
  | 'no_common_codec'
  | 'unknown_stream'
  | 'unknown_view'
  /** This node has no room for another peer; try again later or elsewhere. */
  | 'overloaded';

export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly code: MediaErrorCode;
  constructor(code: MediaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
