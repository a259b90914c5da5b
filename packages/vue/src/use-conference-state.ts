import type { Conference, ConferenceSnapshot } from '@parley-rtc/sdk';
import { computed, type ComputedRef, type MaybeRefOrGetter, shallowRef, toValue, watch } from 'vue';

/**
 * What `select` picks from the state of the conference, always the newest; undefined while there is no conference.
 * Triggers only when that changed, by identity: the SDK's selectors (`selectRemoteStreams`, ...) and plain fields give
 * the same value back until it does. `select` may read refs of its own.
 */
export function useConferenceState<Slice>(
  conference: Conference | (() => Conference),
  select: (snapshot: ConferenceSnapshot) => Slice,
): ComputedRef<Slice>;
export function useConferenceState<Slice>(
  conference: MaybeRefOrGetter<Conference | undefined>,
  select: (snapshot: ConferenceSnapshot) => Slice,
): ComputedRef<Slice | undefined>;
export function useConferenceState<Slice>(
  conference: MaybeRefOrGetter<Conference | undefined>,
  select: (snapshot: ConferenceSnapshot) => Slice,
): ComputedRef<Slice | undefined> {
  const snapshot = shallowRef<ConferenceSnapshot>();
  watch(
    () => toValue(conference),
    (present, _before, onCleanup) => {
      const read = () => {
        snapshot.value = present?.state.getSnapshot();
      };
      read();
      if (present) onCleanup(present.state.subscribe(read));
    },
    // In step with the conference, so that nobody sees the state of one that is gone.
    { immediate: true, flush: 'sync' },
  );
  return computed(() => snapshot.value && select(snapshot.value));
}
