import type { Conference } from '@parley-rtc/sdk';
import {
  createPlayback,
  nothingToPlay,
  type PlaybackSnapshot,
  type PlaybackStore,
} from '@parley-rtc/sdk/bindings';
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { useStore } from './use-store.ts';

/** Whether the browser blocks playback, and how to start it. Without a conference, `start` does nothing. */
export interface PlaybackInUse extends Pick<PlaybackStore, 'start'> {
  readonly isBlocked: ComputedRef<boolean>;
  /** The streams that the browser does not play until the user acts. */
  readonly blockedStreamIds: ComputedRef<PlaybackSnapshot['blockedStreamIds']>;
  /** Why `start` failed; undefined again once nothing is blocked, or with the next `start`. */
  readonly error: ComputedRef<PlaybackSnapshot['error']>;
}

/** Whether the browser blocks playback of what we view until the user clicks. Call `start` from a click handler. */
export function usePlayback(conference: MaybeRefOrGetter<Conference | undefined>): PlaybackInUse {
  const store = computed(() => {
    const present = toValue(conference);
    return present && createPlayback(present);
  });
  const snapshot = useStore(store, nothingToPlay);
  return {
    isBlocked: computed(() => snapshot.value.isBlocked),
    blockedStreamIds: computed(() => snapshot.value.blockedStreamIds),
    error: computed(() => snapshot.value.error),
    start: async () => store.value?.start(),
  };
}
