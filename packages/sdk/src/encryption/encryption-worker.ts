// oxlint-disable-next-line typescript/triple-slash-reference -- other packages compile this file from its source
/// <reference path="./inlined-worker.d.ts" />
import { MediaEncryptionError } from '../errors/media-encryption-error.ts';
// oxlint-disable-next-line import/default -- the build makes it
import InlinedWorker from './frame-worker.ts?worker&inline';
import type { MediaKey } from './key-ring.ts';
import type { DecryptionReport, PipeOptions, WorkerOrder } from './worker-messages.ts';

export interface EncryptionWorkerOptions {
  /** One of the app's own; else one is made. */
  readonly worker: Worker | undefined;
  readonly onReport: (report: DecryptionReport) => void;
  /** It could not be started, or has crashed. Called once. */
  readonly onFailed: (error: MediaEncryptionError) => void;
}

/** The worker that sees every frame, from the page's side. */
export class EncryptionWorker {
  readonly #worker: Worker;
  readonly #onFailed: (error: MediaEncryptionError) => void;
  /** Rejects what waits for the worker. */
  readonly #ended = new AbortController();

  /** @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) when the page may not have workers of this kind. */
  constructor({ worker, onReport, onFailed }: EncryptionWorkerOptions) {
    this.#worker = worker ?? makeWorker();
    this.#onFailed = onFailed;
    this.#worker.addEventListener('message', ({ data }: MessageEvent<DecryptionReport>) => onReport(data));
    this.#worker.addEventListener('error', (event) => this.#fail(event));
  }

  /** Resolves when the key is in use. Rejects when the worker has ended. */
  async useKey(key: MediaKey, keepFormer: boolean): Promise<void> {
    const { signal } = this.#ended;
    signal.throwIfAborted();
    const { port1, port2 } = new MessageChannel();
    const answered = new AbortController();
    await new Promise<void>((resolve, reject) => {
      port1.addEventListener('message', () => resolve(), { once: true });
      port1.start();
      const onEnd = () => reject(signal.reason as MediaEncryptionError);
      signal.addEventListener('abort', onEnd, { signal: answered.signal });
      this.#order({ type: 'key', key, keepFormer }, [port2]);
    }).finally(() => {
      answered.abort();
      port1.close();
    });
  }

  /** @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) when the worker has ended. */
  transform(options: PipeOptions): RTCRtpScriptTransform {
    this.#ended.signal.throwIfAborted();
    return new RTCRtpScriptTransform(this.#worker, options);
  }

  closePipe(id: number): void {
    this.#order({ type: 'close', id });
  }

  /** Ends it: frames go nowhere from now on. */
  close(): void {
    this.#end(new MediaEncryptionError('The encryption is closed.', 'Make a new one and join with it.'));
  }

  #fail(event: ErrorEvent): void {
    // A browser that may not start the worker gives a plain event, without a message.
    const cause: unknown = event.error ?? event.message;
    const error = new MediaEncryptionError(
      'The worker that encrypts media could not be started, or has failed.',
      "Allow worker-src blob: in the page's Content-Security-Policy, or pass a worker of your own.",
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

function makeWorker(): Worker {
  try {
    return new InlinedWorker();
  } catch (cause) {
    throw new MediaEncryptionError(
      'The worker that encrypts media could not be made.',
      "Allow worker-src blob: in the page's Content-Security-Policy, or pass a worker of your own.",
      { cause },
    );
  }
}
