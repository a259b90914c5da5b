import { vi } from 'vitest';
import type { EncodedFrame } from '../encryption/frame-pipes.ts';
import { serveMediaEncryption, type EncryptionScope } from '../encryption/serve-media-encryption.ts';
import type { PipeOptions } from '../encryption/worker-messages.ts';
import { Deferred } from './deferred.ts';

/** A worker that runs the real code in the same thread, so that tests can send frames through it. */
export class FakeEncryptionWorker extends EventTarget {
  isTerminated = false;
  readonly #scope: EventTarget & EncryptionScope;

  constructor() {
    super();
    this.#scope = Object.assign(new EventTarget(), {
      postMessage: (data: unknown) => this.dispatchEvent(new MessageEvent('message', { data })),
    }) as EventTarget & EncryptionScope;
    serveMediaEncryption(this.#scope);
  }

  postMessage(data: unknown, ports: MessagePort[] = []): void {
    if (!this.isTerminated) this.#scope.dispatchEvent(new MessageEvent('message', { data, ports }));
  }

  terminate(): void {
    this.isTerminated = true;
  }

  /** Fails like a worker that the page may not start. */
  fail(): void {
    this.dispatchEvent(new Event('error'));
  }

  connect(transformer: object): void {
    this.#scope.dispatchEvent(Object.assign(new Event('rtctransform'), { transformer }));
  }
}

/** A transform through which a test sends frames, as a browser does. */
export class FakeScriptTransform {
  /** The frames that came out. */
  readonly out: EncodedFrame[] = [];
  readonly options: PipeOptions;
  #controller: ReadableStreamDefaultController<EncodedFrame> | undefined;
  /** Resolves when the worker pulls the next frame, which means that it has finished the previous one. */
  #pulled = new Deferred<void>();
  readonly #closed = new Deferred<void>();

  constructor(worker: FakeEncryptionWorker, options: PipeOptions) {
    this.options = options;
    const readable = new ReadableStream<EncodedFrame>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => this.#pulled.resolve(),
        cancel: () => this.#closed.resolve(),
      },
      { highWaterMark: 0 },
    );
    const writable = new WritableStream<EncodedFrame>({ write: (frame) => void this.out.push(frame) });
    worker.connect({ readable, writable, options });
  }

  /** Resolves when the worker accepts no more frames. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Sends a frame. Resolves when the worker has finished it; unless it was dropped, it is then in `out`. */
  async put(text: string): Promise<void> {
    await this.#put(new TextEncoder().encode(text).buffer);
  }

  /** Sends the output of another transform. */
  async putAll({ out }: FakeScriptTransform): Promise<void> {
    for (const { data } of out) await this.#put(data);
  }

  async #put(data: ArrayBuffer): Promise<void> {
    await this.#pulled.promise;
    this.#pulled = new Deferred();
    this.#controller?.enqueue({ data });
    await this.#pulled.promise;
  }
}

/** A sender or receiver that accepts transforms. */
class FakeRtpEnd {
  #transform: FakeScriptTransform | undefined;
  get transform(): FakeScriptTransform | undefined {
    return this.#transform;
  }
  set transform(transform: FakeScriptTransform | undefined) {
    this.#transform = transform;
  }
}

class FakeRtpSender extends FakeRtpEnd {
  static getCapabilities(kind: string): { codecs: { mimeType: string }[] } {
    const names = kind === 'audio' ? ['opus', 'red', 'CN'] : ['H264', 'VP8', 'rtx', 'red', 'ulpfec'];
    return { codecs: names.map((name) => ({ mimeType: `${kind}/${name}` })) };
  }
}

class FakeRtpReceiver extends FakeRtpEnd {
  readonly track: { readonly kind: string };
  constructor(kind: string) {
    super();
    this.track = { kind };
  }
}

/** A transceiver that records its codec preferences. */
export class FakeRtpTransceiver {
  readonly sender: FakeRtpSender = new FakeRtpSender();
  readonly receiver: FakeRtpReceiver;
  codecs: readonly { readonly mimeType: string }[] = [];
  constructor(kind: string) {
    this.receiver = new FakeRtpReceiver(kind);
  }
  setCodecPreferences(codecs: readonly { readonly mimeType: string }[]): void {
    this.codecs = codecs;
  }
}

/** Gives Node the APIs of a browser with encoded transforms. */
export function stubEncodedTransforms(): void {
  vi.stubGlobal('RTCRtpScriptTransform', FakeScriptTransform);
  vi.stubGlobal('RTCRtpSender', FakeRtpSender);
  vi.stubGlobal('RTCRtpReceiver', FakeRtpReceiver);
  vi.stubGlobal('RTCRtpTransceiver', FakeRtpTransceiver);
  vi.stubGlobal('Worker', FakeEncryptionWorker);
}
