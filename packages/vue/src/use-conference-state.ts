import type { Conference, ConferenceSnapshot } from '@parley-rtc/sdk';
import { computed, shallowRef, toValue, watch, type ComputedRef, type MaybeRefOrGetter } from 'vue';

/**
 * Returns what `select` picks from the latest state of the conference; undefined without a conference. Triggers only
 * when that value changes, by identity: the SDK's selectors (`selectRemoteStreams`, ...) and plain fields return the
 * same value until it does. `select` may read other refs.
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
    // Synchronous, so that readers never see the state of a conference that was removed.
    { immediate: true, flush: 'sync' },
  );
  return computed(() => snapshot.value && select(snapshot.value));
}
