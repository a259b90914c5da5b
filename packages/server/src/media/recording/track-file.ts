import { join } from 'node:path';
import type { RecordedFile } from '@parley-rtc/contract';
import type { Codec } from '../codecs/codec.ts';
import type { CodedFrame } from '../codecs/frame-assembler.ts';
import {
  maxRecordedGaps,
  type RecordedFileEnd,
  type RecordedGap,
  type RecordedSize,
} from '../media-router.ts';
import { MediaFile } from './media-file.ts';

/** What {@link TrackFile} needs. */
export interface TrackFileOptions {
  readonly folder: string;
  readonly name: string;
  readonly codec: Codec;
  readonly first: CodedFrame;
  /** When its first frame is, on the recording's clock. */
  readonly offsetMs: number;
  readonly onFailure: (error: Error) => void;
}

/** A pause of this length is no usual interval between frames, not even of a still screen. */
const longestIntervalMs = 2_000;
/** A disk that takes less than it gets must not fill the memory. */
const maxPendingBytes = 16 * 1024 * 1024;

/** A file with its description, which grows as frames are written. */
export class TrackFile {
  readonly codec: Codec;
  readonly #options: TrackFileOptions;
  readonly #file: MediaFile;
  readonly #sizes: RecordedSize[] = [];
  readonly #gaps: RecordedGap[] = [];
  #durationMs = 0;
  #hasFrames = false;
  #endReason: RecordedFileEnd | undefined;

  /** @throws Error when the file cannot be created */
  constructor(options: TrackFileOptions) {
    const { folder, name, codec, first, onFailure } = options;
    this.#options = options;
    this.codec = codec;
    this.#file = new MediaFile({
      path: join(folder, name),
      codec,
      first,
      onFailure: (error) => {
        this.#endReason = 'write_failed';
        onFailure(error);
      },
    });
  }

  /** Whether the disk is too slow, so that frames must be dropped. */
  get isCongested(): boolean {
    return this.#file.pendingBytes > maxPendingBytes;
  }

  /**
   * Appends a frame at this time of the recording's clock, which never goes back. `lossReason` says why frames before it
   * are missing.
   */
  write(frame: CodedFrame, atMs: number, lossReason: RecordedGap['reason'] | undefined): void {
    const { offsetMs } = this.#options;
    const earliestMs = this.#hasFrames ? this.#durationMs + (this.codec.kind === 'video' ? 1 : 0) : 0;
    const relativeMs = Math.max(earliestMs, atMs - offsetMs);
    const pauseMs = relativeMs - this.#durationMs;
    if (this.#hasFrames && (lossReason !== undefined || pauseMs > longestIntervalMs)) {
      const reason = lossReason ?? 'no_media';
      this.#note(this.#gaps, {
        atMs: round(offsetMs + this.#durationMs),
        durationMs: round(pauseMs),
        reason,
      });
    }
    this.#noteSize(frame, offsetMs + relativeMs);
    this.#durationMs = relativeMs;
    this.#hasFrames = true;
    this.#file.write(frame, relativeMs);
  }

  flush(): void {
    this.#file.flush();
  }

  /** Completes the file; resolves when it is on disk. */
  async close(reason: RecordedFileEnd): Promise<void> {
    await this.#file.close();
    this.#endReason ??= reason;
  }

  describe(): RecordedFile {
    const { name, codec, offsetMs } = this.#options;
    return {
      name,
      kind: codec.kind,
      codec: codec.name,
      offsetMs: round(offsetMs),
      durationMs: round(this.#durationMs),
      bytes: this.#file.bytes,
      sizes: [...this.#sizes],
      gaps: [...this.#gaps],
      ...(this.#endReason && { endReason: this.#endReason }),
    };
  }

  #noteSize({ format }: CodedFrame, atMs: number): void {
    const last = this.#sizes.at(-1);
    if (!format || (last?.widthPx === format.widthPx && last.heightPx === format.heightPx)) return;
    const { widthPx, heightPx } = format;
    this.#note(this.#sizes, { atMs: round(atMs), widthPx, heightPx });
  }

  #note<Entry>(entries: Entry[], entry: Entry): void {
    if (entries.length < maxRecordedGaps) entries.push(entry);
  }
}

/** Microseconds are enough, and readable. */
function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
