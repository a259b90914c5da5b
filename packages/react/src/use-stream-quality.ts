import type { Conference, StreamQuality } from '@parley-rtc/sdk';
import { useCallback, useSyncExternalStore } from 'react';

/**
 * The quality of a published or viewed stream and its causes; undefined until it is measured. Re-renders when the level
 * or causes change. Streams are measured while any component uses this hook.
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
