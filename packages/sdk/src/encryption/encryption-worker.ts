// oxlint-disable-next-line typescript/triple-slash-reference -- other packages compile this file from its source
/// <reference path="./inlined-worker.d.ts" />
import { MediaEncryptionError } from '../errors/media-encryption-error.ts';
// oxlint-disable-next-line import/default -- the build generates it
import InlinedWorker from './frame-worker.ts?worker&inline';
import type { MediaKey } from './key-ring.ts';
import type { DecryptionReport, PipeOptions, WorkerOrder } from './worker-messages.ts';

export interface EncryptionWorkerOptions {
  /** The app's own worker. Undefined creates one. */
  readonly worker: Worker | undefined;
  readonly onReport: (report: DecryptionReport) => void;
  /** The worker could not start, or has crashed. Called once. */
  readonly onFailed: (error: MediaEncryptionError) => void;
}

/** Controls, from the page, the worker that handles every frame. */
export class EncryptionWorker {
  readonly #worker: Worker;
  readonly #onFailed: (error: MediaEncryptionError) => void;
  /** Rejects all calls that wait for the worker. */
  readonly #ended = new AbortController();

  /** @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) when the page may not create the worker. */
  constructor({ worker, onReport, onFailed }: EncryptionWorkerOptions) {
    this.#worker = worker ?? createWorker();
    this.#onFailed = onFailed;
    this.#worker.addEventListener('message', ({ data }: MessageEvent<DecryptionReport>) => onReport(data));
    this.#worker.addEventListener('error', (event) => this.#fail(event));
  }

  /** Starts using a key in the ring with this name. Resolves once it is in use; rejects when the worker has ended. */
  async useKey(ring: string, key: MediaKey, keepFormer: boolean): Promise<void> {
    const { signal } = this.#ended;
    this.assertRunning();
    const { port1, port2 } = new MessageChannel();
    const answered = new AbortController();
    await new Promise<void>((resolve, reject) => {
      port1.addEventListener('message', () => resolve());
      port1.start();
      const onEnd = () => reject(signal.reason as MediaEncryptionError);
      signal.addEventListener('abort', onEnd, { signal: answered.signal });
      this.#order({ type: 'key', ring, key, keepFormer }, [port2]);
    }).finally(() => {
      answered.abort();
      port1.close();
    });
  }

  /** @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) when the worker has ended. */
  assertRunning(): void {
    this.#ended.signal.throwIfAborted();
  }

  /** @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) when the worker has ended. */
  transform(options: PipeOptions): RTCRtpScriptTransform {
    this.assertRunning();
    return new RTCRtpScriptTransform(this.#worker, options);
  }

  closePipe(id: number): void {
    this.#order({ type: 'close', id });
  }

  /** Terminates the worker. No frame passes from now on. */
  close(): void {
    this.#end(new MediaEncryptionError('The encryption is closed.', 'Create a new one and join with it.'));
  }

  #fail(event: ErrorEvent): void {
    // When the worker may not start, browsers fire a plain event without a message.
    const cause: unknown = event.error ?? event.message;
    const error = new MediaEncryptionError(
      'The encryption worker failed or could not start.',
      "Allow worker-src blob: in the page's Content-Security-Policy, or pass your own `worker`.",
      { cause },
    );
    if (this.#end(error)) this.#onFailed(error);
  }

  #end(reason: MediaEncryptionError): boolean {
    if (this.#ended.signal.aborted) return false;
    this.#ended.abort(reason);
    this.#worker.terminate();
    return true;
  }

  #order(order: WorkerOrder, transfer: Transferable[] = []): void {
    this.#worker.postMessage(order, transfer);
  }
}

function createWorker(): Worker {
  try {
    return new InlinedWorker();
  } catch (cause) {
    throw new MediaEncryptionError(
      'The encryption worker could not be created.',
      "Allow worker-src blob: in the page's Content-Security-Policy, or pass your own `worker`.",
      { cause },
    );
  }
}
