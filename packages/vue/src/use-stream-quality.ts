import type { Conference, StreamQuality } from '@parley-rtc/sdk';
import { type MaybeRefOrGetter, type ShallowRef, shallowRef, toValue, watch } from 'vue';

/**
 * How good a stream is and why, ours or a viewed one's; undefined before it was measured. Triggers when its level or
 * causes changed. Streams are measured while any scope asks.
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
