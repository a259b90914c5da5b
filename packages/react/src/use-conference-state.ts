import type { Conference, ConferenceSnapshot } from '@parley-rtc/sdk';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { readSlice } from './read-slice.ts';

/**
 * What `select` picks from the state of the conference, always the newest; undefined while there is no conference.
 * Renders again only when that changed, by identity: the SDK's selectors (`selectRemoteStreams`, ...) and plain fields
 * give the same value back until it does. A selector that makes a new object each time is fine, and renders at every
 * change.
 */
export function useConferenceState<Slice>(
  conference: Conference,
  select: (snapshot: ConferenceSnapshot) => Slice,
): Slice;
export function useConferenceState<Slice>(
  conference: Conference | undefined,
  select: (snapshot: ConferenceSnapshot) => Slice,
): Slice | undefined;
export function useConferenceState<Slice>(
  conference: Conference | undefined,
  select: (snapshot: ConferenceSnapshot) => Slice,
): Slice | undefined {
  const subscribe = useCallback(
    (listener: () => void) => conference?.state.subscribe(listener) ?? (() => {}),
    [conference],
  );
  const read = useMemo(() => readSlice(conference, select), [conference, select]);
  return useSyncExternalStore(subscribe, read, read);
}
