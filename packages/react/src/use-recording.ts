import type { Conference } from '@parley-rtc/sdk';
import {
  createRecording,
  nothingRecorded,
  type RecordingSnapshot,
  type RecordingStore,
} from '@parley-rtc/sdk/bindings';
import { useMemo, useSyncExternalStore } from 'react';

/** Whether the conference is recorded, and how to start and stop it. Without a conference, these do nothing. */
export interface RecordingInUse extends RecordingSnapshot, Pick<RecordingStore, 'start' | 'stop'> {}

const never = () => () => {};
const nothing = async () => {};

/** Whether and by whom the conference is recorded, and recording it on the server. */
export function useRecording(conference: Conference | undefined): RecordingInUse {
  const store = useMemo(() => conference && createRecording(conference), [conference]);
  const read = store?.getSnapshot ?? (() => nothingRecorded);
  const snapshot = useSyncExternalStore(store?.subscribe ?? never, read, read);
  return useMemo(
    () => ({ ...snapshot, start: store?.start ?? nothing, stop: store?.stop ?? nothing }),
    [snapshot, store],
  );
}
