import type { Conference, ConferenceSnapshot } from '@parley-rtc/sdk';

/** Returns a reader of the selected slice. Selects once per snapshot, because React reads twice and compares. */
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
