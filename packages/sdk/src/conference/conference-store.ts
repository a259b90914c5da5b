import type { ConferenceState, NetworkIndicator } from '@parley-rtc/contract';
import type { TokenClaims } from '@parley-rtc/client';
import type { Playback } from '../viewing/playback.ts';

/** How this endpoint stands to the conference. `reconnecting` concerns the events: media may still flow. */
export type ConnectionStatus = 'connected' | 'reconnecting' | 'left' | 'ended';

/** How everybody's connections fare, as the server measured it last (every 10 seconds, where it does). */
export interface NetworkIndicators {
  /** Of all, 0 to 100. */
  readonly averageNetworkQuality: number;
  /** By endpoint; only those who send or receive something. */
  readonly byEndpoint: Readonly<Record<string, NetworkIndicator>>;
}

/** All that is known about the conference at one moment. Immutable. */
export interface ConferenceSnapshot {
  /** The conference as the server sees it, at `conference.version`. After leaving: as it was last seen. */
  readonly conference: ConferenceState;
  /** Our own endpoint: `findParticipant(conference, endpointId)` is us. */
  readonly endpointId: string;
  readonly connection: ConnectionStatus;
  /** Whether the browser plays what we view. */
  readonly playback: Playback;
  /** What our token says of us, with every claim in it; `selectPermissions` tells what that means. */
  readonly claims: TokenClaims;
  /** Undefined before the server has told. */
  readonly network: NetworkIndicators | undefined;
}

/**
 * The state of a conference, as React's `useSyncExternalStore` and Vue's `shallowRef` want it: two functions that need
 * no `this`.
 */
export interface ConferenceStore {
  /** The conference's version: how many events it has seen. */
  readonly version: number;
  /** The present snapshot; the same object as long as nothing changed. */
  readonly getSnapshot: () => ConferenceSnapshot;
  /** Calls `listener` after every change until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** The store as its owner sees it. */
export interface WritableConferenceStore extends ConferenceStore {
  /** Replaces the snapshot and tells all subscribers. */
  readonly set: (next: ConferenceSnapshot) => void;
}

/** Takes what a listener threw; `called` is what it listened to. */
export type OnListenerError = (called: string, cause: unknown) => void;

const listenerErrors = new WeakMap<ConferenceStore, OnListenerError>();

/** Tells of a listener that failed, for those who call listeners of their own with what they read in `store`. */
export function tellListenerError(store: ConferenceStore, called: string, cause: unknown): void {
  const tell = listenerErrors.get(store);
  if (!tell) throw cause;
  tell(called, cause);
}

/** Makes a store. What a subscriber throws goes to `onListenerError`, and the others are still told. */
export function createConferenceStore(
  initial: ConferenceSnapshot,
  onListenerError: OnListenerError,
): WritableConferenceStore {
  let snapshot = initial;
  const listeners = new Set<{ readonly call: () => void }>();
  const store: WritableConferenceStore = {
    get version() {
      return snapshot.conference.version;
    },
    getSnapshot: () => snapshot,
    subscribe: (listener) => {
      const entry = { call: listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    set: (next) => {
      snapshot = next;
      // A copy: who subscribes meanwhile has seen this state already.
      const present = Array.from(listeners);
      for (const { call } of present) {
        try {
          call();
        } catch (error) {
          onListenerError('state', error);
        }
      }
    },
  };
  listenerErrors.set(store, onListenerError);
  return store;
}
