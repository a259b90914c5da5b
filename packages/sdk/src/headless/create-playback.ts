import type { ParleyError } from '@parley-rtc/client';
import type { ConferenceStore } from '../state/conference-store.ts';
import { Listeners } from '../waiting/listeners.ts';
import { sameFields } from './same-fields.ts';

/** Whether the browser blocks playback of what we view. */
export interface PlaybackSnapshot {
  readonly isBlocked: boolean;
  /** The streams that the browser does not play until the user acts. */
  readonly blockedStreamIds: readonly string[];
  /** Why `start` failed; undefined again once nothing is blocked, or with the next `start`. */
  readonly error: ParleyError | undefined;
}

/** Playback as state. */
export interface PlaybackStore {
  /** The same object until something changes. */
  readonly getSnapshot: () => PlaybackSnapshot;
  /** Calls `listener` after each change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Plays what the browser blocks. Call it from a click handler. Never rejects: `error` says what failed. */
  readonly start: () => Promise<void>;
}

/** A conference, as far as playback needs it. */
export interface PlayingConference {
  readonly state: Pick<ConferenceStore, 'getSnapshot' | 'subscribe'>;
  startPlayback(): Promise<void>;
}

/** The snapshot without a conference. */
export const nothingToPlay: PlaybackSnapshot = { isBlocked: false, blockedStreamIds: [], error: undefined };

/** Creates the state of playback in a conference. */
export function createPlayback(conference: PlayingConference): PlaybackStore {
  const { state } = conference;
  const listeners = new Listeners<void>((cause) => {
    throw cause;
  });
  let snapshot = nothingToPlay;
  let error: ParleyError | undefined;
  const setError = (next: ParleyError | undefined) => {
    error = next;
    listeners.call();
  };
  return {
    getSnapshot: () => {
      const { blockedStreamIds } = state.getSnapshot().playback;
      const isBlocked = blockedStreamIds.length > 0;
      if (!isBlocked) error = undefined;
      const next = { isBlocked, blockedStreamIds, error };
      if (!sameFields(snapshot, next)) snapshot = next;
      return snapshot;
    },
    subscribe: (listener) => {
      const stops = [listeners.add(listener), state.subscribe(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    start: async () => {
      setError(undefined);
      try {
        await conference.startPlayback();
      } catch (failure) {
        // `Conference.startPlayback` rejects with nothing else.
        setError(failure as ParleyError);
      }
    },
  };
}
