import { mayPublish, type Permissions, type StreamType } from '@parley-rtc/contract';
import type { LinkRenewal } from '../connection/link-renewal.ts';
import { NotPermittedError } from '../errors/moderation-errors.ts';
import type { Publication } from '../publishing/publication.ts';
import type { ViewedStream } from '../viewing/viewed-stream.ts';

/** A stream or view of ours, from the start of opening until it has closed. */
export interface OpenEntry {
  /** The viewed stream's id; undefined for a stream of ours. */
  readonly viewedId: string | undefined;
  /** As far as it is known before a stream of ours is captured. */
  type: StreamType;
  /** Aborts to request closing. */
  readonly closing: AbortController;
  /** Aborts when it has closed. */
  readonly closed: AbortController;
  peer?: RTCPeerConnection;
  /** Set once the stream or view is open. */
  renewal?: LinkRenewal;
  /** Set once a view is open. */
  viewed?: Pick<ViewedStream, 'viewerId'>;
  /** Set once a stream of ours is open. */
  publication?: Publication;
  /** A stream of ours, also while it is opening. */
  created?: Publication;
}

/** Returns the stream's id; undefined while a stream of ours is not published yet. */
export function streamIdOf({ viewedId, publication }: OpenEntry): string | undefined {
  return publication?.stream.id ?? viewedId;
}

export function notPermitted(entry: OpenEntry, cause?: unknown): NotPermittedError {
  const streamId = streamIdOf(entry);
  return new NotPermittedError(entry.viewedId === undefined ? 'publish' : 'view', {
    ...(streamId !== undefined && { streamId }),
    ...(cause !== undefined && { cause }),
  });
}

/** Whether we may have it open. Everything is permitted on a server without permissions. */
export function isPermitted({ viewedId, type }: OpenEntry, permissions: Permissions | undefined): boolean {
  return !permissions || (viewedId === undefined ? mayPublish(permissions, type) : permissions.view);
}
