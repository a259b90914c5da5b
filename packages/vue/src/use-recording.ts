import type { Conference } from '@parley-rtc/sdk';
import {
  createRecording,
  nothingRecorded,
  type RecordingSnapshot,
  type RecordingStore,
} from '@parley-rtc/sdk/bindings';
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { useStore } from './use-store.ts';

/** Whether the conference is recorded, and how to start and stop it. Without a conference, these do nothing. */
export interface RecordingInUse extends Pick<RecordingStore, 'start' | 'stop'> {
  readonly isRecording: ComputedRef<boolean>;
  /** Who records and since when; undefined if nobody does. */
  readonly recorder: ComputedRef<RecordingSnapshot['recorder']>;
  /** Whether a `start` or `stop` of ours is under way. */
  readonly isBusy: ComputedRef<boolean>;
  /** Why our last `start` or `stop` failed; undefined again with the next one. */
  readonly error: ComputedRef<RecordingSnapshot['error']>;
}

/** Whether and by whom the conference is recorded, and recording it on the server. */
export function useRecording(conference: MaybeRefOrGetter<Conference | undefined>): RecordingInUse {
  const store = computed(() => {
    const present = toValue(conference);
    return present && createRecording(present);
  });
  const snapshot = useStore(store, nothingRecorded);
  return {
    isRecording: computed(() => snapshot.value.isRecording),
    recorder: computed(() => snapshot.value.recorder),
    isBusy: computed(() => snapshot.value.isBusy),
    error: computed(() => snapshot.value.error),
    start: async () => store.value?.start(),
    stop: async () => store.value?.stop(),
  };
}
