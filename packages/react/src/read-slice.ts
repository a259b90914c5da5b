import type { Conference, ConferenceSnapshot } from '@parley-rtc/sdk';

/** Reads the slice that `select` picks now. Selects once for each snapshot, because React reads twice and compares. */
export function readSlice<Slice>(
  conference: Conference | undefined,
  select: (snapshot: ConferenceSnapshot) => Slice,
): () => Slice | undefined {
  let last: { readonly snapshot: ConferenceSnapshot; readonly slice: Slice } | undefined;
  return () => {
    if (!conference) return undefined;
    const snapshot = conference.state.getSnapshot();
    if (last?.snapshot !== snapshot) last = { snapshot, slice: select(snapshot) };
    return last.slice;
  };
}
