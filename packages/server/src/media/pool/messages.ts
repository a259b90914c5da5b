import type {
  ChangedLayers,
  LostPeer,
  MediaErrorCode,
  MediaRouter,
  PeerFacts,
  PublishRequest,
  RecorderReport,
  ViewRequest,
} from '../media-router.ts';

/** A stream that a router takes from another. */
export interface RelayRequest {
  /** Its key at the router that takes it. */
  readonly streamKey: string;
  /** Where to ask for it: the path of a Unix socket, and the stream's key there. Default: it is offered. */
  readonly from?: { readonly relayPath: string; readonly streamKey: string };
}

type Commands = Pick<
  MediaRouter,
  | 'addPublishCandidates'
  | 'unpublish'
  | 'setVideoBitrate'
  | 'setMuted'
  | 'addViewCandidates'
  | 'setViewedVideo'
  | 'stopView'
  | 'record'
  | 'stopRecording'
>;

/** A command, which has no response: a call of one of the router's methods. */
export type Command = {
  [Name in keyof Commands]: readonly [name: Name, ...args: Parameters<Commands[Name]>];
}[keyof Commands];

/** Requests and their responses. */
export interface Requests {
  readonly publish: { readonly request: PublishRequest; readonly response: { readonly sdpAnswer: string } };
  readonly view: { readonly request: ViewRequest; readonly response: { readonly sdpAnswer: string } };
  readonly relay: { readonly request: RelayRequest; readonly response: null };
  readonly facts: { readonly request: null; readonly response: readonly PeerFacts[] };
}

/** One of {@link Requests}, with its id. */
export type Request = {
  [Name in keyof Requests]: {
    readonly kind: 'request';
    readonly id: number;
    readonly name: Name;
    readonly payload: Requests[Name]['request'];
  };
}[keyof Requests];

/** What a router is asked for. */
export type ToRouter = { readonly kind: 'command'; readonly command: Command } | Request;

/** Why a request failed; `code` is absent if the error is not a MediaError. */
export interface Failure {
  readonly code?: MediaErrorCode;
  readonly message: string;
}

/** The answer to a request. */
export type Answer =
  | {
      readonly kind: 'response';
      readonly id: number;
      readonly response: Requests[keyof Requests]['response'];
    }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure };

/** What a router says of its own accord. */
export type RouterNews =
  | { readonly kind: 'lost'; readonly lost: LostPeer }
  | { readonly kind: 'layers'; readonly changed: ChangedLayers }
  | { readonly kind: 'recorded'; readonly report: RecorderReport };

/** From a router to the one who uses it. */
export type FromRouter = Answer | RouterNews;
