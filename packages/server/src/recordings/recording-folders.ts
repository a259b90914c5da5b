import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredRecording } from './stored-recording.ts';

const manifestName = 'manifest.json';
/** Ids that the server makes; anything else in the folder is not ours. */
const idPattern = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Recordings on disk: a folder for each, named after its id, with its manifest and its files. Only the server's user may
 * read them.
 */
export class RecordingFolders {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The folder of a recording. */
  pathOf(recordingId: string): string {
    return join(this.#folder, recordingId);
  }

  /** Creates the folder with its manifest. */
  async create(recording: StoredRecording): Promise<void> {
    await mkdir(this.pathOf(recording.recordingId), { recursive: true, mode: 0o700 });
    await this.write(recording);
  }

  /** Replaces the manifest: readers, and the next start, find the former one or this one, never a part. */
  async write(recording: StoredRecording): Promise<void> {
    const path = join(this.pathOf(recording.recordingId), manifestName);
    await writeFile(`${path}.new`, `${JSON.stringify(recording, undefined, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  /** All recordings, oldest first. Calls `onError` for a manifest that cannot be read, and leaves its folder alone. */
  async readAll(onError: (error: unknown) => void): Promise<readonly StoredRecording[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const ids = (await readdir(this.#folder)).filter((name) => idPattern.test(name));
    const recordings: StoredRecording[] = [];
    for (const recordingId of ids) {
      try {
        const text = await readFile(join(this.pathOf(recordingId), manifestName), 'utf8');
        recordings.push({ ...(JSON.parse(text) as StoredRecording), recordingId });
      } catch (error) {
        onError(error);
      }
    }
    return recordings.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  }

  /** Deletes the folder with everything in it. */
  async remove(recordingId: string): Promise<void> {
    await rm(this.pathOf(recordingId), { recursive: true, force: true });
  }
}
