import type { ConferenceState } from '@parley-rtc/contract';
import type { ConferenceSnapshot } from '../conference/conference-store.ts';

/** Clients of the platform look at the start of the key only. */
const prefix = 'ON_HOLD';

/** Writes one entry of the conference's metadata; `undefined` removes it. */
type ChangeMetadata = (key: string, value: string | undefined) => Promise<void>;

/** Whether everybody's camera and microphone are off until the call goes on. */
export function selectOnHold({ conference }: Pick<ConferenceSnapshot, 'conference'>): boolean {
  return Object.keys(conference.metadata).some((key) => key.startsWith(prefix));
}

export function hold(change: ChangeMetadata): Promise<void> {
  return change(prefix, 'true');
}

/** Takes back what anybody has put on hold, under whatever key. */
export async function resume({ metadata }: ConferenceState, change: ChangeMetadata): Promise<void> {
  const held = Object.keys(metadata).filter((key) => key.startsWith(prefix));
  // Ours too, which may be on its way to us still.
  await Promise.all([...new Set([prefix, ...held])].map((key) => change(key, undefined)));
}
