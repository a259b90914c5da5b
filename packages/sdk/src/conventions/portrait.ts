import { atBoundary } from '@parley-rtc/client';
import { findStream, type JsonObject } from '@parley-rtc/contract';
import type { PublishedStream } from '../publishing/published-stream.ts';
import type { ConferenceSnapshot } from '../state/conference-store.ts';

/** Whether a stream's metadata says that its video is in portrait format. */
export function selectPortrait(
  { conference }: Pick<ConferenceSnapshot, 'conference'>,
  streamId: string,
): boolean {
  return findStream(conference, streamId)?.stream.metadata?.['portraitMode'] === true;
}

/**
 * Announces to other participants whether our video is in portrait format. Call it after publishing and after the device is
 * rotated. Pass the stream's other metadata as `metadata`, because the server replaces all of it.
 */
export function announcePortrait(stream: PublishedStream, metadata: JsonObject = {}): Promise<void> {
  return atBoundary('announcePortrait', async () => {
    const track = stream.mediaStream.getTracks().find(({ kind }) => kind === 'video');
    const { width = 0, height = 0 } = track?.getSettings() ?? {};
    await stream.setMetadata({ ...metadata, portraitMode: height > width });
  });
}
