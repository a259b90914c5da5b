import type { Duplex } from 'node:stream';
import type { IceCandidate, RecordedFile, StreamType, ViewedVideo } from '@parley-rtc/contract';
import type { MediaKind } from './codecs/codec.ts';

/**
 * Receives streams and sends them to viewers; the rest of the server knows nothing about SDP or RTP.
 *
 * `streamKey` is an opaque key that is unique on this server (a stream id is only unique within its conference).
 * Every answer contains all of the server's candidates: the API has no channel for more (docs/server/platform.md, Media).
 */
export interface MediaRouter {
  /** Receives a stream. Publishing an existing key replaces its transport; its viewers continue. */
  publish(request: PublishRequest): Promise<{ readonly sdpAnswer: string }>;
  /** Accepts an empty list, and an empty `candidate` as end-of-candidates. */
  addPublishCandidates(streamKey: string, candidates: readonly IceCandidate[]): void;
  /** Closes the stream and all its views; does nothing if there is no such stream. */
  unpublish(streamKey: string): void;
  /** Caps the publisher's video in bits per second; 0 lifts the cap. */
  setVideoBitrate(streamKey: string, videoBitrateBps: number): void;
  /**
   * Discards what the publisher sends of these kinds, and forwards all others. Forwarding resumes with a key frame. Does nothing
   * if there is no such stream.
   */
  setMuted(streamKey: string, kinds: readonly MediaKind[]): void;

  /** Adds a viewer to a stream. The same `viewerId` again replaces the former view. */
  view(request: ViewRequest): Promise<{ readonly sdpAnswer: string }>;
  addViewCandidates(streamKey: string, viewerId: string, candidates: readonly IceCandidate[]): void;
  /** Replaces what a view receives of the video, from the next key frame on. */
  setViewedVideo(streamKey: string, viewerId: string, video: ViewedVideo): void;
  /** Closes one view; does nothing if there is no such view. */
  stopView(streamKey: string, viewerId: string): void;

  /**
   * Calls `listener` when a peer is lost (no ICE consent, closed by the peer), until the returned function is called.
   */
  onPeerLost(listener: (lost: LostPeer) => void): () => void;

  /**
   * Calls `listener` when the set of viewed simulcast layers of a stream changes, until the returned function is
   * called.
   */
  onLayersChanged(listener: (changed: ChangedLayers) => void): () => void;

  /**
   * Writes the stream's media to files from now on, until {@link stopRecording} or its end. Replaces a former recorder of
   * the stream.
   */
  record(request: RecordRequest): void;
  /** Completes the files of a stream's recorder; does nothing if it has none. */
  stopRecording(streamKey: string): void;
  /** Calls `listener` about every second with what recorders have written, until the returned function is called. */
  onRecorded(listener: (report: RecorderReport) => void): () => void;
  /** Media statistics of every publisher and viewer. */
  facts(): Promise<readonly PeerFacts[]>;

  /** Closes all streams and frees ports and threads. */
  close(): Promise<void>;
}

/**
 * A media router that can share its streams with others, so that a stream has more viewers than one core can serve. Whoever
 * connects two routers provides the connection: reliable, in order, and out of strangers' reach.
 */
export interface RelayingRouter extends MediaRouter {
  /**
   * Sends a stream to another router until either side closes the connection.
   * @throws MediaError `unknown_stream`
   */
  sendRelay(streamKey: string, connection: Duplex): void;
  /**
   * Takes a stream from another router. When the promise resolves, it can be viewed here; it cannot be recorded or muted here.
   * {@link unpublish} ends the relay; when the other router ends it, its publisher counts as lost here.
   * @throws MediaError `unknown_stream` when the other router ends it first, `overloaded`
   */
  receiveRelay(streamKey: string, connection: Duplex): Promise<void>;
  /** How many publishers and viewers are connected; a stream from another router counts as one more. */
  readonly peerCount: number;
}

export function isRelaying(router: MediaRouter): router is RelayingRouter {
  return 'sendRelay' in router;
}

export interface PublishRequest {
  readonly streamKey: string;
  readonly type: StreamType;
  readonly sdpOffer: string;
  /** Cap of the video in bits per second; 0 for none. */
  readonly videoBitrateBps: number;
}

export interface ViewRequest {
  readonly streamKey: string;
  readonly viewerId: string;
  readonly sdpOffer: string;
  /** The same for all views of one viewer, who share a link. Default: the view has a link of its own. */
  readonly linkKey?: string;
  /** What the view receives of the video. Default: the best that its link carries. */
  readonly video?: ViewedVideo;
}

export interface RecordRequest {
  readonly streamKey: string;
  /** Names this recorder in its reports; unique on this server. */
  readonly recorderId: string;
  /** Starts the names of its files, which must not exist: letters, digits and hyphens. */
  readonly namePrefix: string;
  /** An existing folder. */
  readonly folder: string;
  /** When the recording began, in milliseconds of `process.hrtime`, which all processes of a machine share. */
  readonly startedAtMs: number;
}

/** Everything that a recorder has written. */
export interface RecorderReport {
  readonly recorderId: string;
  readonly files: readonly RecordedFile[];
  /** Whether this is the recorder's last report: its files are complete. */
  readonly isEnded: boolean;
  /** Why nothing more can be written. */
  readonly failure?: RecorderFailure;
}

/** `process_ended`: the media process ended, and its files may lack their end. */
export type RecorderFailure = 'disk_full' | 'write_failed' | 'process_ended';

/** Longer lists of gaps or sizes are cut off, so that a report stays small. */
export const maxRecordedGaps = 200;

export type RecordedSize = RecordedFile['sizes'][number];
export type RecordedGap = RecordedFile['gaps'][number];
export type RecordedFileEnd = NonNullable<RecordedFile['endReason']>;

/** Media statistics of one peer. */
export interface PeerFacts {
  readonly streamKey: string;
  /** The view; absent for the publisher. */
  readonly viewerId?: string;
  /** One entry per kind and, for a publisher, per simulcast layer. */
  readonly media: readonly MediaFacts[];
}

/** Statistics of one kind of media between a peer and the router, in the direction of its flow. */
export interface MediaFacts {
  readonly kind: MediaKind;
  /** The simulcast layer that arrives or that a view receives; absent without simulcast. */
  readonly rid?: string;
  /** Since the peer connected. */
  readonly packets: number;
  /** Since the peer connected, without RTP headers. */
  readonly bytes: number;
  /** Key frames since the peer connected; 0 for audio. */
  readonly keyFrames: number;
  /** Bits per second, over the last second or two. */
  readonly bitrateBps: number;
  /** Share of packets that did not arrive on the first try, 0 to 1, in the last report. */
  readonly lossRatio: number;
  readonly jitterMs: number;
  /** Round-trip time between peer and router; absent until reported. */
  readonly roundTripMs?: number;
  /** Estimated capacity of the link, by the peer or the router; absent without an estimate. */
  readonly estimateBps?: number;
}

/** A change in the viewed layers; other layers need not be sent. */
export interface ChangedLayers {
  readonly streamKey: string;
  /** The `rid`s that are viewed, or may be viewed immediately; empty if no one views the video. */
  readonly activeRids: readonly string[];
}

export interface LostPeer {
  readonly streamKey: string;
  /** The lost view; absent if the publisher was lost. */
  readonly viewerId?: string;
  /** Whether the peer is still there, and only what it was connected to is gone. */
  readonly isRouterGone?: true;
}

export type MediaLogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Receives a line of a media router's log. An error goes under `err`. */
export type MediaLog = (
  level: MediaLogLevel,
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** Why a media router refuses a request. */
export type MediaErrorCode =
  /** The SDP cannot be parsed, or has no media that can be answered. */
  | 'bad_offer'
  /** Offer and stream have no codec in common. */
  | 'no_common_codec'
  | 'unknown_stream'
  | 'unknown_view'
  /** This node has no room for another peer; retry later or elsewhere. */
  | 'overloaded';

export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly code: MediaErrorCode;
  constructor(code: MediaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
