import type { Recording } from '@parley-rtc/contract';

/** A manifest as it is stored: with what decides who may read it. */
export interface StoredRecording extends Recording {
  /** The user who created the conference. */
  readonly creator?: string | undefined;
  /** Which of all conferences with this id it was. */
  readonly conferenceInstance?: string | undefined;
}

/** The manifest that callers receive. */
export function recordingOf({
  creator: _creator,
  conferenceInstance: _instance,
  ...recording
}: StoredRecording): Recording {
  return recording;
}

/** The bytes of all files. */
export function bytesOf({ streams }: Pick<Recording, 'streams'>): number {
  return streams.reduce((sum, { files }) => sum + files.reduce((total, { bytes }) => total + bytes, 0), 0);
}
