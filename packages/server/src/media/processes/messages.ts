import type { EmbeddedMediaRouterOptions } from '../embedded-media-router.ts';
import type {
  ChangedLayers,
  LostPeer,
  MediaErrorCode,
  MediaRouter,
  PeerFacts,
  PublishRequest,
  ViewRequest,
} from '../media-router.ts';

/** What a media process is set up with, in its first message. */
export type ProcessOptions = Omit<EmbeddedMediaRouterOptions, 'log'>;

type Orders = Pick<
  MediaRouter,
  | 'addPublishCandidates'
  | 'unpublish'
  | 'setVideoBitrate'
  | 'addViewCandidates'
  | 'setViewedVideo'
  | 'stopView'
>;

/** What is done without an answer: a call of a method of the router. */
export type Order = {
  [Name in keyof Orders]: readonly [name: Name, ...args: Parameters<Orders[Name]>];
}[keyof Orders];

/** What is asked for, and what is answered. */
export interface Questions {
  readonly publish: { readonly question: PublishRequest; readonly answer: { readonly sdpAnswer: string } };
  readonly view: { readonly question: ViewRequest; readonly answer: { readonly sdpAnswer: string } };
  readonly facts: { readonly question: null; readonly answer: readonly PeerFacts[] };
}

/** One of {@link Questions} with its number. */
export type Question = {
  [Name in keyof Questions]: {
    readonly kind: 'question';
    readonly id: number;
    readonly name: Name;
    readonly question: Questions[Name]['question'];
  };
}[keyof Questions];

/** From the server to a media process. */
export type ToProcess =
  | { readonly kind: 'start'; readonly options: ProcessOptions }
  | { readonly kind: 'order'; readonly order: Order }
  | Question;

/** How a question ended that could not be answered; `code` is absent when it is no MediaError. */
export interface Failure {
  readonly code?: MediaErrorCode;
  readonly message: string;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** From a media process to the server. */
export type FromProcess =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Questions[keyof Questions]['answer'] }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'lost'; readonly lost: LostPeer }
  | { readonly kind: 'layers'; readonly changed: ChangedLayers }
  | {
      readonly kind: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
