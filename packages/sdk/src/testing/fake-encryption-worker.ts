import { vi } from 'vitest';
import type { EncodedFrame } from '../encryption/frame-pipes.ts';
import { type EncryptionScope, serveMediaEncryption } from '../encryption/serve-media-encryption.ts';
import type { PipeOptions } from '../encryption/worker-messages.ts';
import { Deferred } from './deferred.ts';

/** A worker that runs the real code in the same thread, so that frames can be put through it. */
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

  /** Fails as a worker does that the page may not start. */
  fail(): void {
    this.dispatchEvent(new Event('error'));
  }

  connect(transformer: object): void {
    this.#scope.dispatchEvent(Object.assign(new Event('rtctransform'), { transformer }));
  }
}

/** A transform through which a test puts frames as a browser does. */
export class FakeScriptTransform {
  /** What has come through. */
  readonly out: EncodedFrame[] = [];
  readonly options: PipeOptions;
  #controller: ReadableStreamDefaultController<EncodedFrame> | undefined;
  /** Whether the worker wants another frame, which it does when it is done with those before. */
  #wanted = new Deferred<void>();
  readonly #closed = new Deferred<void>();

  constructor(worker: FakeEncryptionWorker, options: PipeOptions) {
    this.options = options;
    const readable = new ReadableStream<EncodedFrame>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => this.#wanted.resolve(),
        cancel: () => this.#closed.resolve(),
      },
      { highWaterMark: 0 },
    );
    const writable = new WritableStream<EncodedFrame>({ write: (frame) => void this.out.push(frame) });
    worker.connect({ readable, writable, options });
  }

  /** Resolves when the worker takes no more frames. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Resolves when the worker is done with the frame; it is in `out` then, unless it was dropped. */
  async put(text: string): Promise<void> {
    await this.#put(new TextEncoder().encode(text).buffer);
  }

  /** Puts in what has come out of another. */
  async putAll({ out }: FakeScriptTransform): Promise<void> {
    for (const { data } of out) await this.#put(data);
  }

  async #put(data: ArrayBuffer): Promise<void> {
    await this.#wanted.promise;
    this.#wanted = new Deferred();
    this.#controller?.enqueue({ data });
    await this.#wanted.promise;
  }
}

/** A sender or receiver that takes transforms. */
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

/** A transceiver that keeps what it is told about codecs. */
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

/** Gives Node what a browser with encoded transforms has. */
export function stubEncodedTransforms(): void {
  vi.stubGlobal('RTCRtpScriptTransform', FakeScriptTransform);
  vi.stubGlobal('RTCRtpSender', FakeRtpSender);
  vi.stubGlobal('RTCRtpReceiver', FakeRtpReceiver);
  vi.stubGlobal('RTCRtpTransceiver', FakeRtpTransceiver);
  vi.stubGlobal('Worker', FakeEncryptionWorker);
}
