import type { ConferenceState } from '@parley-rtc/contract';
import { jsonBytes } from './json-bytes.ts';

/** About how many bytes a conference takes as JSON: its participants with their streams, and its metadata. */
export function stateBytes({ participants, metadata }: ConferenceState): number {
  let bytes = 0;
  for (const participant of participants) bytes += jsonBytes(participant);
  for (const [key, entry] of Object.entries(metadata)) bytes += key.length + jsonBytes(entry);
  return bytes;
}
