import type { Conference, ConferenceEvents, ConferenceListener } from '@parley-rtc/sdk';
import { type MaybeRefOrGetter, toValue, watch } from 'vue';

/** Calls `listener` at every such event of the conference while the scope lives. Without a conference nothing is heard. */
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
