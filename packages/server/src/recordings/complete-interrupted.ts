import { join } from 'node:path';
import type { RecordedFile } from '@parley-rtc/contract';
import { repairWebm } from '../media/recording/repair-webm.ts';
import { bytesOf, type StoredRecording } from './stored-recording.ts';

/** The file as it is on disk after its writer was killed, repaired; undefined if nothing of it can be read. */
export async function completeFile(folder: string, file: RecordedFile): Promise<RecordedFile | undefined> {
  if (file.endReason) return file;
  try {
    const { durationMs, bytes } = await repairWebm(join(folder, file.name));
    return { ...file, durationMs, bytes, endReason: 'interrupted' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The manifest of a recording whose server was killed, completed by what is on disk. */
export async function completeInterrupted(
  folder: string,
  recording: StoredRecording,
): Promise<StoredRecording> {
  const streams = await Promise.all(
    recording.streams.map(async (stream) => {
      const files = await Promise.all(stream.files.map((file) => completeFile(folder, file)));
      return { ...stream, files: files.filter((file) => file !== undefined) };
    }),
  );
  const endsMs = streams.flatMap(({ files }) =>
    files.map(({ offsetMs, durationMs }) => offsetMs + durationMs),
  );
  const endedAt = new Date(Date.parse(recording.startedAt) + Math.max(0, ...endsMs)).toISOString();
  const completed = {
    ...recording,
    streams,
    state: 'interrupted',
    endReason: 'interrupted',
    endedAt,
  } as const;
  return { ...completed, bytes: bytesOf(completed) };
}
