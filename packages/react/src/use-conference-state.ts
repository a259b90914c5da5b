import type { Conference, ConferenceSnapshot } from '@parley-rtc/sdk';
import { useCallback, useMemo, useSyncExternalStore } from 'react';

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
  const read = useMemo(() => {
    // React reads twice and expects the same answer, so each snapshot is asked once.
    let last: { readonly snapshot: ConferenceSnapshot; readonly slice: Slice } | undefined;
    return () => {
      if (!conference) return undefined;
      const snapshot = conference.state.getSnapshot();
      if (last?.snapshot !== snapshot) last = { snapshot, slice: select(snapshot) };
      return last.slice;
    };
  }, [conference, select]);
  return useSyncExternalStore(subscribe, read, read);
}
