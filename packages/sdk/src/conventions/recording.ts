import type { Conference } from '../conference/conference.ts';
import type { ConferenceSnapshot } from '../conference/conference-store.ts';

const prefix = 'RECORDER';

/** Whether the conference is recorded, as its recorder says. */
export function selectRecording({ conference }: Pick<ConferenceSnapshot, 'conference'>): boolean {
  return Object.entries(conference.metadata).some(
    ([key, { value }]) => key.startsWith(prefix) && isOn(value),
  );
}

/** Tells everybody that the conference is recorded, or no longer: for who records. */
export async function announceRecording(
  conference: Pick<Conference, 'setMetadata' | 'removeMetadata'>,
  isRecording: boolean,
): Promise<void> {
  await (isRecording
    ? conference.setMetadata(prefix, JSON.stringify({ on: true }))
    : conference.removeMetadata(prefix));
}

/** An entry that cannot be read is there, and that is what other clients look at. */
function isOn(value: string): boolean {
  try {
    return (JSON.parse(value) as { readonly on?: unknown } | null)?.on !== false;
  } catch {
    return true;
  }
}
