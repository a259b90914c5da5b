import type {
  ChangedLayers,
  LostPeer,
  MediaErrorCode,
  MediaLogLevel,
  MediaRouter,
  PeerFacts,
  PublishRequest,
  RecorderReport,
  ViewRequest,
} from '../media-router.ts';
import type { EmbeddedMediaRouterOptions } from '../routing/embedded-media-router.ts';

/** The options of a media process, sent in its first message. */
export interface ProcessOptions extends Omit<EmbeddedMediaRouterOptions, 'log'> {
  /** Where the process gives its streams to others: the path of a Unix socket. */
  readonly relayPath: string;
}

/** A stream that a process takes from another. */
export interface RelayRequest {
  /** Its key in this process. */
  readonly streamKey: string;
  /** The other process's {@link ProcessOptions.relayPath}, and the stream's key there. */
  readonly from: { readonly relayPath: string; readonly streamKey: string };
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

/** From the server to a media process. */
export type ToProcess =
  | { readonly kind: 'start'; readonly options: ProcessOptions }
  | { readonly kind: 'command'; readonly command: Command }
  | Request;

/** Why a request failed; `code` is absent if the error is not a MediaError. */
export interface Failure {
  readonly code?: MediaErrorCode;
  readonly message: string;
}

/** From a media process to the server. */
export type FromProcess =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'response';
      readonly id: number;
      readonly response: Requests[keyof Requests]['response'];
    }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'lost'; readonly lost: LostPeer }
  | { readonly kind: 'layers'; readonly changed: ChangedLayers }
  | { readonly kind: 'recorded'; readonly report: RecorderReport }
  | {
      readonly kind: 'log';
      readonly level: MediaLogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
