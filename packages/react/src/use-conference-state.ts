import type { Conference, ConferenceSnapshot } from '@parley-rtc/sdk';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { readSlice } from './read-slice.ts';

/**
 * Returns what `select` picks from the latest state of the conference; undefined without a conference. Re-renders only
 * when that value changes, by identity: the SDK's selectors (`selectRemoteStreams`, ...) and plain fields return the
 * same value until it does. A selector that returns a new object each time is allowed, and re-renders on every change
 * of the state.
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
