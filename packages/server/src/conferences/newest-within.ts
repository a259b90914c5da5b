import type { ConferenceState } from '@parley-rtc/contract';
import { stateBytes } from './state-bytes.ts';

/** A conference in a list without its participants and metadata. */
const conferenceOverheadBytes = 500;

/** As many of the last conferences as fit into `mostBytes`, but at least one. */
export function newestWithin(
  conferences: readonly ConferenceState[],
  mostBytes: number,
): readonly ConferenceState[] {
  let first = conferences.length;
  let bytes = 0;
  for (const conference of conferences.toReversed()) {
    bytes += stateBytes(conference) + conferenceOverheadBytes;
    if (first < conferences.length && bytes > mostBytes) break;
    first -= 1;
  }
  return conferences.slice(first);
}
