import type { Conference, StreamQuality } from '@parley-rtc/sdk';
import { shallowRef, toValue, watch, type MaybeRefOrGetter, type ShallowRef } from 'vue';

/**
 * The quality of a published or viewed stream and its causes; undefined until it is measured. Triggers when the level or
 * causes change. Streams are measured while any scope uses this composable.
 */
export function useStreamQuality(
  conference: MaybeRefOrGetter<Conference | undefined>,
  streamId: MaybeRefOrGetter<string | undefined>,
): Readonly<ShallowRef<StreamQuality | undefined>> {
  const quality = shallowRef<StreamQuality>();
  watch(
    [() => toValue(conference), () => toValue(streamId)] as const,
    ([present, id], _before, onCleanup) => {
      quality.value = id === undefined ? undefined : present?.quality(id);
      if (!present) return;
      const off = present.on('quality-changed', (changed) => {
        if (changed.streamId === id) quality.value = changed.quality;
      });
      onCleanup(off);
    },
    { immediate: true },
  );
  return quality;
}
