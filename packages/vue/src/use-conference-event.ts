import type { Conference, ConferenceEvents, ConferenceListener } from '@parley-rtc/sdk';
import { toValue, watch, type MaybeRefOrGetter } from 'vue';

/** Calls `listener` for each event `name` of the conference while the scope lives. Without a conference, it does nothing. */
export function useConferenceEvent<Name extends keyof ConferenceEvents>(
  conference: MaybeRefOrGetter<Conference | undefined>,
  name: Name,
  listener: ConferenceListener<Name>,
): void {
  watch(
    () => toValue(conference),
    (present, _before, onCleanup) => {
      if (present) onCleanup(present.on(name, listener));
    },
    { immediate: true },
  );
}
