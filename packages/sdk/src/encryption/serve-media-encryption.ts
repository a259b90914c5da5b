import { type EncodedFrame, opening, sealing } from './frame-pipes.ts';
import { KeyRing } from './key-ring.ts';
import type { DecryptionReport, PipeOptions, WorkerOrder } from './worker-messages.ts';

/** The frames of one sender or receiver, as a worker gets them. */
interface FrameTransform {
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  readonly options: PipeOptions;
  /** Of a sender of pictures. */
  generateKeyFrame?(): Promise<unknown>;
  /** Of a receiver of pictures. */
  sendKeyFrameRequest?(): Promise<unknown>;
}

/** A worker as far as it is used here. */
export interface EncryptionScope {
  addEventListener(type: 'message', listener: (event: MessageEvent<WorkerOrder>) => void): void;
  addEventListener(
    type: 'rtctransform',
    listener: (event: Event & { readonly transformer: FrameTransform }) => void,
  ): void;
  postMessage(report: DecryptionReport, transfer: []): void;
}

/**
 * Makes a worker the one that encrypts and decrypts for a `createMediaEncryption({ worker })` of its page. It must be
 * called while the worker starts, and the worker must do nothing else.
 */
export function serveMediaEncryption(scope: EncryptionScope = globalThis as EncryptionScope): void {
  const keys = new KeyRing();
  const pipes = new Map<number, AbortController>();
  scope.addEventListener('message', ({ data: order, ports: [port] }) => {
    if (order.type === 'key') {
      keys.add(order.key, order);
      port?.postMessage('in use');
    } else {
      pipes.get(order.id)?.abort();
    }
  });
  scope.addEventListener('rtctransform', ({ transformer }) => {
    const { readable, writable, options } = transformer;
    const { id, kind, direction } = options;
    const closing = new AbortController();
    pipes.set(id, closing);
    const pipe =
      direction === 'send'
        ? sealing(kind, keys, () => void transformer.generateKeyFrame?.().catch(() => {}))
        : opening(
            kind,
            keys,
            (isDecrypted) => scope.postMessage({ id, isDecrypted }, []),
            () => void transformer.sendKeyFrameRequest?.().catch(() => {}),
          );
    readable
      .pipeThrough(new TransformStream(pipe))
      .pipeTo(writable, { signal: closing.signal })
      // Closed, by us or with its connection. No frame gets past a pipe that has ended.
      .catch(() => {})
      .finally(() => pipes.delete(id));
  });
}
