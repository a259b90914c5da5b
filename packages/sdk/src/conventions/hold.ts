import type { ConferenceState } from '@parley-rtc/contract';
import type { ConferenceSnapshot } from '../state/conference-store.ts';

/** Clients of the platform check only the start of the key. */
const prefix = 'ON_HOLD';

/** Writes one entry of the conference's metadata; `undefined` removes it. */
type ChangeMetadata = (key: string, value: string | undefined) => Promise<void>;

/** Whether the conference is on hold: all cameras and microphones are off until a participant resumes it. */
export function selectOnHold({ conference }: Pick<ConferenceSnapshot, 'conference'>): boolean {
  return Object.keys(conference.metadata).some((key) => key.startsWith(prefix));
}

export function hold(change: ChangeMetadata): Promise<void> {
  return change(prefix, 'true');
}

/** Removes every hold, whoever set it and under whatever key. */
export async function resume({ metadata }: ConferenceState, change: ChangeMetadata): Promise<void> {
  const held = Object.keys(metadata).filter((key) => key.startsWith(prefix));
  // Includes our own key, whose event may not have reached us yet.
  await Promise.all([...new Set([prefix, ...held])].map((key) => change(key, undefined)));
}
