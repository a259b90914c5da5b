import { findStream, type JsonObject } from '@parley-rtc/contract';
import type { ConferenceSnapshot } from '../conference/conference-store.ts';
import type { PublishedStream } from '../media/published-stream.ts';

/** Whether a stream says that its picture is higher than wide. */
export function selectPortrait(
  { conference }: Pick<ConferenceSnapshot, 'conference'>,
  streamId: string,
): boolean {
  return findStream(conference, streamId)?.stream.metadata?.['portraitMode'] === true;
}

/**
 * Tells the others whether our picture is higher than wide now. Call it after publishing and when the device was
 * turned. `metadata` is what else describes the stream, because the server replaces it as a whole.
 */
export async function announcePortrait(stream: PublishedStream, metadata: JsonObject = {}): Promise<void> {
  const { width = 0, height = 0 } =
    stream.mediaStream
      .getTracks()
      .find(({ kind }) => kind === 'video')
      ?.getSettings() ?? {};
  await stream.setMetadata({ ...metadata, portraitMode: height > width });
}
