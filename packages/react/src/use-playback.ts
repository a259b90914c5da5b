import type { Conference } from '@parley-rtc/sdk';
import {
  createPlayback,
  nothingToPlay,
  type PlaybackSnapshot,
  type PlaybackStore,
} from '@parley-rtc/sdk/bindings';
import { useMemo, useSyncExternalStore } from 'react';

/** Whether the browser blocks playback, and how to start it. Without a conference, `start` does nothing. */
export interface PlaybackInUse extends PlaybackSnapshot, Pick<PlaybackStore, 'start'> {}

const never = () => () => {};
const nothing = async () => {};

/** Whether the browser blocks playback of what we view until the user clicks. Call `start` from a click handler. */
export function usePlayback(conference: Conference | undefined): PlaybackInUse {
  const store = useMemo(() => conference && createPlayback(conference), [conference]);
  const read = store?.getSnapshot ?? (() => nothingToPlay);
  const snapshot = useSyncExternalStore(store?.subscribe ?? never, read, read);
  return useMemo(() => ({ ...snapshot, start: store?.start ?? nothing }), [snapshot, store]);
}
