import { opening, sealing, type EncodedFrame } from './frame-pipes.ts';
import { KeyRing } from './key-ring.ts';
import type { DecryptionReport, PipeOptions, WorkerOrder } from './worker-messages.ts';

/** The frames of one sender or receiver, as a worker receives them. */
interface FrameTransform {
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  readonly options: PipeOptions;
  /** Set for a video sender. */
  generateKeyFrame?(): Promise<unknown>;
  /** Set for a video receiver. */
  sendKeyFrameRequest?(): Promise<unknown>;
}

/** The part of a worker's global scope that is used here. */
export interface EncryptionScope {
  addEventListener(type: 'message', listener: (event: MessageEvent<WorkerOrder>) => void): void;
  addEventListener(
    type: 'rtctransform',
    listener: (event: Event & { readonly transformer: FrameTransform }) => void,
  ): void;
  postMessage(report: DecryptionReport, transfer: []): void;
}

/**
 * Encrypts and decrypts in the worker that calls it, for `createMediaEncryption({ worker })` of the page. Call it while the
 * worker starts; the worker must do nothing else.
 */
export function serveMediaEncryption(scope: EncryptionScope = globalThis as EncryptionScope): void {
  const rings = new Map<string, KeyRing>();
  const ringOf = (name: string): KeyRing => {
    const ring = rings.get(name) ?? new KeyRing();
    rings.set(name, ring);
    return ring;
  };
  const pipes = new Map<number, AbortController>();
  scope.addEventListener('message', ({ data: order, ports: [port] }) => {
    if (order.type === 'key') {
      ringOf(order.ring).add(order.key, order);
      port?.postMessage('in use');
    } else {
      pipes.get(order.id)?.abort();
    }
  });
  scope.addEventListener('rtctransform', ({ transformer }) => {
    const { readable, writable, options } = transformer;
    const { id, kind, direction, ring } = options;
    const keys = ringOf(ring);
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
      // The pipe was closed, or its connection was. No frame passes a pipe that has ended.
      .catch(() => {})
      .finally(() => pipes.delete(id));
  });
}
