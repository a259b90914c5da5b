import type { Conference, StreamQuality } from '@parley-rtc/sdk';
import { useCallback, useSyncExternalStore } from 'react';

/**
 * How good a stream is and why, ours or a viewed one's; undefined before it was measured. Renders again when its level
 * or causes changed. Streams are measured while any component asks.
 */
export function useStreamQuality(
  conference: Conference | undefined,
  streamId: string | undefined,
): StreamQuality | undefined {
  const subscribe = useCallback(
    (listener: () => void) => conference?.on('quality-changed', listener) ?? (() => {}),
    [conference],
  );
  const read = () => (streamId === undefined ? undefined : conference?.quality(streamId));
  return useSyncExternalStore(subscribe, read, read);
}
