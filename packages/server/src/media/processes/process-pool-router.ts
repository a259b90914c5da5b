import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { pipeline, type Duplex } from 'node:stream';
import type { RelayingRouter } from '../media-router.ts';
import type { RouterNews } from '../pool/messages.ts';
import { PooledRouter, type PooledRouterOptions } from '../pool/pooled-router.ts';
import type { Placement, RouterSlot } from '../pool/pooled-stream.ts';
import { askForRelay, offerRelay } from '../relay/relay-listener.ts';
import type { MediaProcessLink } from './media-process-link.ts';
import type { ProcessLine, ProcessOptions } from './messages.ts';
import { ProcessSlot } from './process-slot.ts';

/** The number of processes, and the options of each. */
export interface ProcessPoolOptions extends PooledRouterOptions {
  /** At least 1. */
  readonly processes: number;
  readonly optionsOf: (index: number) => Omit<ProcessOptions, 'relayPath'>;
}

/** Distributes streams over several processes of this machine. */
export class ProcessPoolRouter extends PooledRouter implements RelayingRouter {
  readonly #options: ProcessPoolOptions;
  /** Of the sockets over which processes give each other streams; nobody else may open it. */
  readonly #folder = mkdtempSync(joinPath(tmpdir(), 'parley-media-'));
  protected override readonly slots: readonly ProcessSlot[];

  constructor(options: ProcessPoolOptions) {
    super(options);
    this.#options = options;
    this.slots = Array.from(
      { length: options.processes },
      (_, index) =>
        new ProcessSlot({
          index,
          options: { ...options.optionsOf(index), relayPath: this.#relayPath(index) },
          onMessage: (message) => this.#hear(index, message),
          onEnd: (...end) => this.#loseProcess(index, ...end),
        }),
    );
  }

  /** Ids of the running processes. */
  get pids(): readonly number[] {
    return this.slots.flatMap(({ link }) => link?.pid ?? []);
  }

  override async close(): Promise<void> {
    await super.close();
    await Promise.all(this.slots.map((slot) => slot.close()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  sendRelay(streamKey: string, connection: Duplex): void {
    const { slot, innerKey } = this.originOf(streamKey);
    join(connection, askForRelay(this.#relayPathOf(slot), innerKey));
  }

  receiveRelay(streamKey: string, connection: Duplex): Promise<void> {
    return this.addRelayed(streamKey, ({ slot, link, innerKey }) => {
      join(connection, offerRelay(this.#relayPathOf(slot), innerKey));
      return link.request('relay', { streamKey: innerKey });
    });
  }

  protected override relay(streamKey: string, to: Placement, from: Placement): Promise<unknown> {
    const relayPath = this.#relayPathOf(from.slot);
    return to.link.request('relay', { streamKey, from: { relayPath, streamKey: from.innerKey } });
  }

  #hear(index: number, message: ProcessLine | RouterNews): void {
    if (message.kind !== 'log') this.take(message);
    else this.#options.log(message.level, message.message, { ...message.fields, mediaProcess: index });
  }

  #loseProcess(index: number, link: MediaProcessLink, reason: string, restartInMs: number): void {
    const streams = this.lose(link);
    this.#options.log('error', 'A media process ended', {
      mediaProcess: index,
      reason,
      streams,
      restartInMs,
    });
  }

  #relayPathOf(slot: RouterSlot): string {
    return this.slots.find((one) => one === slot)?.relayPath ?? '';
  }

  #relayPath(index: number): string {
    const name = `${index}.sock`;
    return process.platform === 'win32'
      ? joinPath(String.raw`\\.\pipe`, this.#folder, name)
      : joinPath(this.#folder, name);
  }
}

/** Passes on what comes from either side, and ends both when one ends. */
function join(one: Duplex, other: Duplex): void {
  pipeline(one, other, one, () => {});
}
