import type { ActiveSpeaker, Conference } from '@parley-rtc/sdk';
import { type MaybeRefOrGetter, type ShallowRef, shallowRef, toValue, watch } from 'vue';

/** Who speaks, the loudest first. Triggers when that, or how loud, has changed. Listens while any scope asks. */
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
