/**
 * Building blocks for hooks and composables, used by `@parley-rtc/react` and `@parley-rtc/vue`. Import them from
 * `@parley-rtc/sdk/bindings` to bind another framework.
 */
import type { ParleyError } from '@parley-rtc/client';
import { MediaConnectionError } from './errors/media-errors.ts';
import { NotPermittedError } from './errors/moderation-errors.ts';
import type { ConferenceSnapshot, ConnectionStatus } from './state/conference-store.ts';
import type { ViewedStream } from './viewing/viewed-stream.ts';

export {
  type ConnectedConference,
  connectionOf,
  type ConnectionSnapshot,
  type ConnectionStore,
} from './headless/connection-of.ts';
export {
  createPlayback,
  nothingToPlay,
  type PlaybackSnapshot,
  type PlaybackStore,
  type PlayingConference,
} from './headless/create-playback.ts';
export { createPublication } from './headless/create-publication.ts';
export type {
  PublicationActions,
  PublicationOptions,
  PublicationStore,
  PublishingConference,
} from './headless/publication-store.ts';
export {
  type KindState,
  nothingPublished,
  type PublicationSnapshot,
  type PublicationState,
} from './headless/publication-state.ts';

/**
 * The status of a conference in the interface: `waiting` in the waiting room, `joined` includes reconnecting, `left` includes
 * being dropped, `removed` by a moderator.
 */
export type ConferenceStatus =
  'idle' | 'joining' | 'waiting' | 'joined' | 'failed' | 'left' | 'ended' | 'removed';

/** The status for each connection state of a joined conference. */
export const statusOf: Readonly<Record<ConnectionStatus, ConferenceStatus>> = {
  connected: 'joined',
  reconnecting: 'joined',
  left: 'left',
  ended: 'ended',
  removed: 'removed',
};

/** Something that takes time to acquire and must be released. */
export interface ManagedResource<Resource> {
  readonly acquire: (signal: AbortSignal) => Promise<Resource>;
  readonly release: (resource: Resource) => void;
  readonly onAcquired: (resource: Resource) => void;
  readonly onFailed: (error: ParleyError) => void;
}

/**
 * Acquires a resource and releases it when the returned function is called, even if it arrives only after that call.
 * `onAcquired` and `onFailed` never run after that call.
 */
export function manageResource<Resource>({
  acquire,
  release,
  onAcquired,
  onFailed,
}: ManagedResource<Resource>): () => void {
  const released = new AbortController();
  const { signal } = released;

  const start = async (): Promise<void> => {
    // React's StrictMode unmounts its first mount in the same task; that must not acquire anything.
    await Promise.resolve();
    if (signal.aborted) return;
    try {
      const resource = await acquire(signal);
      if (signal.aborted) {
        release(resource);
        return;
      }
      signal.addEventListener('abort', () => release(resource));
      onAcquired(resource);
    } catch (error) {
      // The SDK rejects with ParleyErrors only.
      if (!signal.aborted) onFailed(error as ParleyError);
    }
  };
  void start();
  return () => released.abort();
}

/** Whether an `error` event of the conference means that the view of this stream has failed for good. */
export function hasViewFailed(error: ParleyError, streamId: string): boolean {
  if (error instanceof NotPermittedError) return error.right === 'view' && error.streamId === streamId;
  return error instanceof MediaConnectionError && error.direction === 'view' && error.streamId === streamId;
}

/** Whether the browser blocks playback of this stream until the user clicks. */
export function isBlocked({ playback }: ConferenceSnapshot, streamId: string | undefined): boolean {
  return streamId !== undefined && playback.blockedStreamIds.includes(streamId);
}

/** Attaches a view to an element, unless the view has already closed. Returns a function that detaches it. */
export function attachIfOpen(view: ViewedStream, element: HTMLMediaElement): () => void {
  return view.connectionState === 'closed' ? () => {} : view.attach(element);
}
