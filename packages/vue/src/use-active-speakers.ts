import type { ActiveSpeaker, Conference } from '@parley-rtc/sdk';
import { shallowRef, toValue, watch, type MaybeRefOrGetter, type ShallowRef } from 'vue';

/** The active speakers, loudest first. Triggers when the speakers or their levels change. Listens while the scope lives. */
export function useActiveSpeakers(
  conference: MaybeRefOrGetter<Conference | undefined>,
): Readonly<ShallowRef<readonly ActiveSpeaker[]>> {
  const speakers = shallowRef<readonly ActiveSpeaker[]>([]);
  watch(
    () => toValue(conference),
    (present, _before, onCleanup) => {
      const off = present?.on('active-speakers-changed', (changed) => {
        speakers.value = changed.speakers;
      });
      onCleanup(() => {
        off?.();
        speakers.value = [];
      });
    },
    { immediate: true },
  );
  return speakers;
}
