import { close, openSync, write, writev } from 'node:fs';

interface PendingWrite {
  readonly position: number;
  readonly parts: Uint8Array[];
}

/**
 * A new file that never blocks its caller: what is written waits in memory until {@link flush}, and then goes to the
 * operating system, where it survives the death of this process. Only its owner may read it.
 */
export class DiskFile {
  readonly #descriptor: number;
  readonly #onFailure: (error: Error) => void;
  #pending: PendingWrite[] = [];
  #endsAt = 0;
  #pendingBytes = 0;
  #flushing: Promise<void> | undefined;
  #error: Error | undefined;

  /**
   * Calls `onFailure` once when the file cannot be written; everything after that is dropped.
   * @throws Error when the file exists or cannot be created
   */
  constructor(path: string, onFailure: (error: Error) => void) {
    this.#descriptor = openSync(path, 'wx', 0o600);
    this.#onFailure = onFailure;
  }

  /** The length of the file, including what still waits in memory. */
  get bytes(): number {
    return this.#endsAt;
  }

  /** What waits in memory. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Writes at `position`, which may lie before the end. Keeps a view of `data`. */
  write(data: Uint8Array, position: number): void {
    if (this.#error) return;
    const last = this.#pending.at(-1);
    if (last && position === this.#endsAt && position === endOf(last)) last.parts.push(data);
    else this.#pending.push({ position, parts: [data] });
    this.#endsAt = Math.max(this.#endsAt, position + data.length);
    this.#pendingBytes += data.length;
  }

  /** Hands everything to the operating system; resolves when that is done, or has failed. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /** Flushes and closes; write nothing after that. */
  async close(): Promise<void> {
    await this.flush();
    // What was written during a flush that had begun before.
    await this.flush();
    await new Promise<void>((resolve) => close(this.#descriptor, () => resolve()));
  }

  async #flush(): Promise<void> {
    try {
      while (this.#pending.length > 0 && !this.#error) {
        const writes = this.#pending;
        this.#pending = [];
        for (const { position, parts } of writes) await this.#writeParts(parts, position);
      }
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
      this.#pending = [];
      this.#pendingBytes = 0;
      this.#onFailure(this.#error);
    }
  }

  async #writeParts(parts: readonly Uint8Array[], position: number): Promise<void> {
    const total = parts.reduce((sum, { length }) => sum + length, 0);
    let written = await new Promise<number>((resolve, reject) => {
      writev(this.#descriptor, parts, position, (error, count) => (error ? reject(error) : resolve(count)));
    });
    // A disk that becomes full takes a part first.
    if (written < total) {
      const rest = Buffer.concat(parts);
      while (written < total) {
        const from = written;
        written += await new Promise<number>((resolve, reject) => {
          write(this.#descriptor, rest, from, total - from, position + from, (error, count) =>
            error ? reject(error) : resolve(count),
          );
        });
      }
    }
    this.#pendingBytes -= total;
  }
}

function endOf({ position, parts }: PendingWrite): number {
  return position + parts.reduce((sum, { length }) => sum + length, 0);
}
