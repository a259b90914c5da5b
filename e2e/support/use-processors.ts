// What journeys do with `@parley-rtc/processors` in a page. Each function is passed to the browser as text, so it must not use
// anything outside itself.
import type * as ProcessorsModule from '@parley-rtc/processors';

declare global {
  interface Window {
    /** The package, in pages that have loaded it. */
    processors: typeof ProcessorsModule;
    /** The workers that the page has created since `watchWorkers`, in order. */
    workers: { worker: Worker; ordersSent: number; isTerminated: boolean }[];
    /** The audio contexts that the page has created since `watchAudioContexts`, in order. */
    audioContexts: AudioContext[];
  }
}

/** Keeps account of all workers that the page creates from now on. */
export function watchWorkers(): void {
  window.workers = [];
  const Native = window.Worker;
  window.Worker = class extends Native {
    readonly #entry = { worker: this as Worker, ordersSent: 0, isTerminated: false };
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      window.workers.push(this.#entry);
    }
    override postMessage(message: unknown, options?: StructuredSerializeOptions | Transferable[]): void {
      this.#entry.ordersSent += 1;
      super.postMessage(message, options as Transferable[]);
    }
    override terminate(): void {
      this.#entry.isTerminated = true;
      super.terminate();
    }
  };
}

/** Keeps account of all audio contexts that the page creates from now on. */
export function watchAudioContexts(): void {
  window.audioContexts = [];
  const Native = window.AudioContext;
  window.AudioContext = class extends Native {
    constructor(options?: AudioContextOptions) {
      super(options);
      window.audioContexts.push(this);
    }
  };
}
