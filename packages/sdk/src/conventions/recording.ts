import { atBoundary } from '@parley-rtc/client';
import type { ConferenceSnapshot } from '../state/conference-store.ts';

const prefix = 'RECORDER';

/** Whether the conference is being recorded, according to its metadata. */
export function selectRecording({ conference }: Pick<ConferenceSnapshot, 'conference'>): boolean {
  return Object.entries(conference.metadata).some(
    ([key, { value }]) => key.startsWith(prefix) && isOn(value),
  );
}

/** The part of a `Conference` that writes its metadata. */
export interface MetadataWriter {
  setMetadata(key: string, value: string): Promise<void>;
  removeMetadata(key: string): Promise<void>;
}

/** Announces to all participants that recording started or stopped. Call it from the client that records. */
export function announceRecording(conference: MetadataWriter, isRecording: boolean): Promise<void> {
  return atBoundary('announceRecording', async () =>
    isRecording
      ? conference.setMetadata(prefix, JSON.stringify({ on: true }))
      : conference.removeMetadata(prefix),
  );
}

/** An unreadable entry counts as on, because other clients check only that the entry exists. */
function isOn(value: string): boolean {
  try {
    return (JSON.parse(value) as { readonly on?: unknown } | null)?.on !== false;
  } catch {
    return true;
  }
}
