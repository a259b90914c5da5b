import type { TokenClaims } from '@parley-rtc/client';
import type { ConferenceState, NetworkIndicator, Permissions } from '@parley-rtc/contract';
import type { Moderator } from '../moderator.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import { Listeners } from '../waiting/listeners.ts';
import type { Playback } from './playback.ts';

/**
 * The state of our connection to the conference. `reconnecting` concerns events only: media may still flow. `removed`: a
 * moderator removed us, and `removal` says more.
 */
export type ConnectionStatus = 'connected' | 'reconnecting' | 'left' | 'ended' | 'removed';

/** The network quality of all participants, as last measured by the server (every 10 s, on servers that measure). */
export interface NetworkIndicators {
  /** The average over all endpoints, 0 to 100. */
  readonly averageNetworkQuality: number;
  /** By endpoint id; only endpoints that send or receive media. */
  readonly byEndpoint: Readonly<Record<string, NetworkIndicator>>;
}

/** How a moderator removed us. */
export interface Removal {
  /** What the moderator said; undefined if nothing, or if we missed it. */
  readonly reason: string | undefined;
  /** Undefined if we learned of our removal only because the server no longer lets us in. */
  readonly removedBy: Moderator | undefined;
  /** Whether our user can no longer join. */
  readonly isBanned: boolean;
}

/** The complete, immutable state of a conference at one moment. */
export interface ConferenceSnapshot {
  /** The conference as the server reports it, at `conference.version`. After leaving, the last known state. */
  readonly conference: ConferenceState;
  /** Our own endpoint id: `findParticipant(conference, endpointId)` returns our participant. */
  readonly endpointId: string;
  readonly connection: ConnectionStatus;
  /** What we publish ourselves, in the order in which it was published. Empty after leaving. */
  readonly ownStreams: readonly PublishedStream[];
  /** Which of our views the browser blocks from playing. */
  readonly playback: Playback;
  /** Every claim of our token; `selectPermissions` interprets them. */
  readonly claims: TokenClaims;
  /** Undefined before the first measurement arrives. */
  readonly network: NetworkIndicators | undefined;
  /**
   * Our own permissions in this conference, as last known; `selectPermissions` interprets them. Undefined on a server without
   * permissions.
   */
  readonly permissions: Permissions | undefined;
  /** Set once a moderator has removed us. */
  readonly removal: Removal | undefined;
}

/** The state of a conference. Its functions need no `this`, so React's `useSyncExternalStore` takes them directly. */
export interface ConferenceStore {
  /**
   * The conference's version: the number of events that led to it. Decreases when the server's history was set back, for
   * example by a restart without a data folder. -1 on a server that sends no version.
   */
  readonly version: number;
  /** The current snapshot; the same object until something changes. */
  readonly getSnapshot: () => ConferenceSnapshot;
  /** Calls `listener` after every change until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** The store as its owner sees it. */
export interface WritableConferenceStore extends ConferenceStore {
  /** Replaces the snapshot and calls all subscribers. */
  readonly set: (next: ConferenceSnapshot) => void;
}

/** Receives what a listener threw; `called` is what it listened to. */
export type OnListenerError = (called: string, cause: unknown) => void;

const listenerErrors = new WeakMap<ConferenceStore, OnListenerError>();

/** Reports a failed listener, for code that calls its own listeners with data from `store`. */
export function tellListenerError(store: ConferenceStore, called: string, cause: unknown): void {
  const tell = listenerErrors.get(store);
  if (!tell) throw cause;
  tell(called, cause);
}

/** Creates a store. When a subscriber throws, `onListenerError` is called and other subscribers still run. */
export function createConferenceStore(
  initial: ConferenceSnapshot,
  onListenerError: OnListenerError,
): WritableConferenceStore {
  let snapshot = initial;
  const listeners = new Listeners<void>((cause) => onListenerError('state', cause));
  const store: WritableConferenceStore = {
    get version() {
      return snapshot.conference.version;
    },
    getSnapshot: () => snapshot,
    subscribe: (listener) => listeners.add(listener),
    set: (next) => {
      snapshot = next;
      listeners.call();
    },
  };
  listenerErrors.set(store, onListenerError);
  return store;
}
