import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { pcapngHeader, pcapngPacket, type Direction } from './pcapng.ts';

/** What {@link DumpFile} needs. */
export interface DumpFileOptions {
  readonly path: string;
  readonly comment: string;
  readonly maxBytes: number;
  /** Called once, when the file is written or has failed. */
  readonly onEnd: (summary: DumpSummary) => void;
}

/** The result of a dump. */
export interface DumpSummary {
  readonly packets: number;
  readonly bytes: number;
  /** Packets skipped because the disk was too slow. */
  readonly skipped: number;
  /** Whether the file reached its size limit. */
  readonly isFull: boolean;
  /** Why the file could not be written. */
  readonly error?: unknown;
}

/** Maximum amount of data waiting in memory for a slow disk. */
const maxPendingBytes = 4 * 1024 * 1024;

/**
 * One peer's packets in a pcapng file that only its owner may read. Never blocks on writes, and reports errors only to
 * `onEnd`.
 */
export class DumpFile {
  readonly #options: DumpFileOptions;
  readonly #stream: WriteStream;
  readonly #closed: Promise<void>;
  /** Wall-clock time at 0 of the monotonic clock. */
  readonly #originMs = Date.now() - performance.now();
  #packets = 0;
  #bytes = 0;
  #skipped = 0;
  #isFull = false;
  #isOpen = true;

  /** @throws Error when the file exists or cannot be created */
  constructor(options: DumpFileOptions) {
    this.#options = options;
    this.#stream = createWriteStream(options.path, { fd: openSync(options.path, 'wx', 0o600) });
    this.#closed = finished(this.#stream).then(
      () => this.#report({}),
      (error: unknown) => this.#report({ error }),
    );
    this.#append(pcapngHeader(options.comment));
  }

  /** Copies the packet, so the caller may reuse its buffer. */
  write(packet: Uint8Array, direction: Direction): void {
    if (!this.#isOpen) return;
    if (this.#stream.writableLength > maxPendingBytes) {
      this.#skipped += 1;
      return;
    }
    const timeUs = Math.round((this.#originMs + performance.now()) * 1_000);
    const block = pcapngPacket(packet, direction, timeUs);
    if (this.#bytes + block.length > this.#options.maxBytes) {
      this.#isFull = true;
      this.#stop();
      return;
    }
    this.#packets += 1;
    this.#append(block);
  }

  /** Takes no more packets; resolves when the file is written or has failed. */
  close(): Promise<void> {
    this.#stop();
    return this.#closed;
  }

  #append(block: Buffer): void {
    this.#bytes += block.length;
    this.#stream.write(block);
  }

  #stop(): void {
    if (this.#isOpen) this.#stream.end();
    this.#isOpen = false;
  }

  #report(failure: Pick<DumpSummary, 'error'>): void {
    this.#isOpen = false;
    this.#options.onEnd({
      packets: this.#packets,
      bytes: this.#bytes,
      skipped: this.#skipped,
      isFull: this.#isFull,
      ...failure,
    });
  }
}
