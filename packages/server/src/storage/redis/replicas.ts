import { EngineError } from '../../health/trouble.ts';

/** What {@link Replicas} needs. */
export interface ReplicasOptions {
  /** How many must have what was written. */
  readonly count: number;
  /** A connection for nothing else: the engine executes nothing on it while it waits for replicas. */
  readonly connection: {
    /** Names the process that the connection leads to. */
    readonly primary: string;
    send(...command: readonly string[]): Promise<unknown>;
  };
  /** Where to publish; nobody listens. */
  readonly channel: string;
  /** Called whenever replicas do not confirm in time. */
  readonly onMissing: () => void;
}

/** How long replicas have to confirm, in milliseconds. On a working network, they need less than one. */
const replicaTimeoutMs = 1_000;

/**
 * Waits until replicas have what was written. Callers share requests: calls during one share the next, so a hundred concurrent
 * commands wait for two.
 *
 * `WAIT` covers the writes of its own connection. A message that is published before it is written to replicas as well, after
 * everything that any connection wrote before: so the request also covers what this node has read of other nodes.
 */
export class Replicas {
  readonly #options: ReplicasOptions;
  #mayLag = true;
  #running: Promise<string> = Promise.resolve('');
  #next: Promise<string> | undefined;

  constructor(options: ReplicasOptions) {
    this.#options = options;
  }

  /** Notes that there is something that replicas may not have. */
  note(): void {
    this.#mayLag = true;
  }

  /**
   * Resolves when enough replicas have everything that `primary` had before the call. Rejects with {@link EngineError} if they do
   * not get it in time, or if another engine has become the primary: it may not have it.
   */
  async reached(primary: string): Promise<void> {
    if ((await this.#ask()) !== primary) throw new EngineError('engine_unavailable');
  }

  /** As {@link reached}, for what was noted before the call. */
  async settled(primary: string): Promise<void> {
    if (this.#mayLag) await this.reached(primary);
    else await this.#running;
  }

  /** The primary whose writes before the call replicas have. */
  #ask(): Promise<string> {
    if (this.#next) return this.#next;
    const former = this.#running.catch(() => {});
    const next = former.then(() => {
      this.#running = next;
      this.#next = undefined;
      this.#mayLag = false;
      return this.#wait();
    });
    next.catch(() => this.note());
    this.#next = next;
    return next;
  }

  async #wait(): Promise<string> {
    const { connection, count, channel, onMissing } = this.#options;
    const { primary } = connection;
    const [, reached] = await Promise.all([
      connection.send('PUBLISH', channel, ''),
      connection.send('WAIT', String(count), String(replicaTimeoutMs)),
    ]);
    if (Number(reached) < count) {
      onMissing();
      throw new EngineError('engine_not_replicated');
    }
    return primary;
  }
}
