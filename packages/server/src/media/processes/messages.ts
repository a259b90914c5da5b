import type { MediaLogLevel } from '../media-router.ts';
import type { FromRouter, ToRouter } from '../pool/messages.ts';
import type { EmbeddedMediaRouterOptions } from '../routing/embedded-media-router.ts';

/** The options of a media process, sent in its first message. */
export interface ProcessOptions extends Omit<EmbeddedMediaRouterOptions, 'log'> {
  /** Where the process gives its streams to others: the path of a Unix socket. */
  readonly relayPath: string;
}

/** From the server to a media process. */
export type ToProcess = { readonly kind: 'start'; readonly options: ProcessOptions } | ToRouter;

/** A line of a media process's log. */
export interface ProcessLine {
  readonly kind: 'log';
  readonly level: MediaLogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** From a media process to the server. */
export type FromProcess = { readonly kind: 'ready' } | ProcessLine | FromRouter;
