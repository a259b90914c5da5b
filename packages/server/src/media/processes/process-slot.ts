import type { RouterNews } from '../pool/messages.ts';
import type { RouterSlot } from '../pool/pooled-stream.ts';
import { backOffMs } from './back-off.ts';
import { MediaProcessLink } from './media-process-link.ts';
import type { ProcessLine, ProcessOptions } from './messages.ts';

/** What {@link ProcessSlot} needs. */
export interface ProcessSlotOptions {
  readonly index: number;
  readonly options: ProcessOptions;
  readonly onMessage: (message: ProcessLine | RouterNews) => void;
  /** The process of this link ended, and the next one starts after `restartInMs`. */
  readonly onEnd: (link: MediaProcessLink, reason: string, restartInMs: number) => void;
}

/** A place for a media process: when one ends, another starts in it. */
export class ProcessSlot implements RouterSlot {
  readonly name: string;
  readonly takesPublishers = true;
  readonly otherPeers = 0;
  readonly relayPath: string;
  readonly #options: ProcessSlotOptions;
  readonly #history = { startedMs: 0, failures: 0 };
  #link: MediaProcessLink | undefined;
  #isReady = false;
  #restart: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ProcessSlotOptions) {
    this.name = `media process ${options.index}`;
    this.relayPath = options.options.relayPath;
    this.#options = options;
    this.#start();
  }

  get link(): MediaProcessLink | undefined {
    return this.#link;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    await this.#link?.close();
  }

  #start(): void {
    this.#history.startedMs = performance.now();
    this.#isReady = false;
    const link = new MediaProcessLink(this.#options.options, {
      onMessage: (message) => {
        if (message.kind === 'ready') this.#isReady = true;
        else this.#options.onMessage(message);
      },
      onEnd: (reason) => this.#replace(link, reason),
    });
    this.#link = link;
  }

  #replace(link: MediaProcessLink, reason: string): void {
    this.#link = undefined;
    this.#isReady = false;
    if (this.#isClosed) return;
    const delayMs = backOffMs(this.#history, performance.now());
    this.#restart = setTimeout(() => this.#start(), delayMs);
    this.#options.onEnd(link, reason, delayMs);
  }
}
