import { RefusalError } from '../refusal.ts';
import { completeInterrupted } from './complete-interrupted.ts';
import { RecordingFolders } from './recording-folders.ts';
import { bytesOf, type StoredRecording } from './stored-recording.ts';

/** What {@link RecordingArchive} needs. */
export interface RecordingArchiveOptions {
  /** Created if missing. Only one server may use it. */
  readonly folder: string;
  /** What all recordings together may take up. */
  readonly maxBytes: number;
  /** How long ended recordings are kept, in milliseconds. Default: until they are deleted. */
  readonly retentionMs?: number | undefined;
  /** Receives errors that no caller waits for. */
  readonly onError: (error: unknown) => void;
}

/** The recordings on disk, running ones included, and how much of it they take up. */
export class RecordingArchive {
  readonly #options: RecordingArchiveOptions;
  readonly #folders: RecordingFolders;
  readonly #recordings = new Map<string, StoredRecording>();
  /** The last write of each manifest, because writes must not overtake each other. */
  readonly #writes = new Map<string, Promise<void>>();

  private constructor(options: RecordingArchiveOptions) {
    this.#options = options;
    this.#folders = new RecordingFolders(options.folder);
  }

  /** Opens the folder, and completes the recordings of a former process that was killed. */
  static async open(options: RecordingArchiveOptions): Promise<RecordingArchive> {
    const archive = new RecordingArchive(options);
    for (const stored of await archive.#folders.readAll(options.onError)) await archive.#adopt(stored);
    return archive;
  }

  /** Whether the recordings take up all of their space. */
  get isFull(): boolean {
    return this.#bytes >= this.#options.maxBytes;
  }

  /** Refuses with `limit_exceeded` when there is no space for another recording. */
  requireRoom(): void {
    if (this.isFull) throw storageFull(this.#options.maxBytes);
  }

  /** The folder of a recording. */
  pathOf(recordingId: string): string {
    return this.#folders.pathOf(recordingId);
  }

  get(recordingId: string): StoredRecording | undefined {
    return this.#recordings.get(recordingId);
  }

  /** The recordings of a conference, oldest first. */
  of(conferenceId: string): readonly StoredRecording[] {
    return [...this.#recordings.values()].filter((recording) => recording.conferenceId === conferenceId);
  }

  async create(recording: StoredRecording): Promise<void> {
    await this.#folders.create(recording);
    this.#recordings.set(recording.recordingId, recording);
  }

  /** Takes a newer manifest; it is written a little later. */
  count(recording: StoredRecording): void {
    if (this.#recordings.has(recording.recordingId)) this.#recordings.set(recording.recordingId, recording);
  }

  /** Writes a manifest, after the writes of former ones. */
  async write(recording: StoredRecording): Promise<void> {
    const { recordingId } = recording;
    this.count(recording);
    const former = this.#writes.get(recordingId);
    const write = this.#writeAfter(former, recordingId);
    this.#writes.set(recordingId, write);
    try {
      await write;
    } finally {
      if (this.#writes.get(recordingId) === write) this.#writes.delete(recordingId);
    }
  }

  /** Deletes a recording. */
  async remove(recordingId: string): Promise<void> {
    this.#recordings.delete(recordingId);
    await this.#writes.get(recordingId)?.catch(() => {});
    await this.#folders.remove(recordingId);
  }

  /** Deletes recordings that ended longer ago than they are kept. */
  async dropExpired(nowMs: number): Promise<void> {
    const { retentionMs } = this.#options;
    if (retentionMs === undefined) return;
    for (const { recordingId, endedAt } of this.#recordings.values()) {
      if (endedAt !== undefined && nowMs - Date.parse(endedAt) > retentionMs) await this.remove(recordingId);
    }
  }

  get #bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#recordings.values()) sum += bytes;
    return sum;
  }

  async #adopt(stored: StoredRecording): Promise<void> {
    const { recordingId } = stored;
    this.#recordings.set(recordingId, { ...stored, bytes: bytesOf(stored) });
    if (stored.state !== 'recording') return;
    try {
      await this.write(await completeInterrupted(this.pathOf(recordingId), stored));
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async #writeAfter(former: Promise<void> | undefined, recordingId: string): Promise<void> {
    await former?.catch(() => {});
    const newest = this.#recordings.get(recordingId);
    if (newest) await this.#folders.write(newest);
  }
}

function storageFull(maxBytes: number): RefusalError {
  return new RefusalError(
    'limit_exceeded',
    `The recordings on this server take up all of their space (PARLEY_RECORDING_MAX_BYTES: ${maxBytes} bytes). Delete some.`,
  );
}
