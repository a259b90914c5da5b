import { EngineConnection } from './engine-connection.ts';
import { fixedPlace, SentinelPlace, type EnginePlace } from './engine-place.ts';
import { blockMs } from './engine-tail.ts';
import { Replicas } from './replicas.ts';

/** How to reach the engine. */
export interface EngineOptions {
  /** With sentinels, the host is the name that these have for the primary. */
  readonly url: string;
  /** Addresses of sentinels. Default none: the engine is at the URL. */
  readonly sentinels?: readonly string[];
  /** How many replicas must have what was written before it counts. Default 0. */
  readonly replicas?: number;
}

/** How often to ask whether the primary is still the same: a former one that sentinels cannot reach may still answer nodes. */
const askIntervalMs = 2_000;

/** A node's connections to the engine, which all lead to the same primary. */
export class EngineConnections {
  /** For commands that the engine answers immediately. */
  readonly engine: EngineConnection;
  /** For the command that waits for the next entry of the tail. */
  readonly blocking: EngineConnection;
  readonly #place: EnginePlace;
  readonly #waiting: EngineConnection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #onMissing: () => void = () => {};

  constructor({ url, sentinels = [], replicas: count = 0 }: EngineOptions, channel: string) {
    this.#place = sentinels.length > 0 ? new SentinelPlace(url, sentinels) : fixedPlace(url);
    this.engine = new EngineConnection(this.#place);
    this.blocking = new EngineConnection(this.#place, blockMs);
    if (count === 0) return;
    this.#waiting = new EngineConnection(this.#place);
    this.engine.useReplicas(
      new Replicas({ count, connection: this.#waiting, channel, onMissing: () => this.#onMissing() }),
    );
  }

  /** Opens the connection for commands alone, to check what it leads to. */
  async openFirst(): Promise<void> {
    await this.engine.open();
  }

  /** Opens the others, and keeps all of them at the same primary. */
  async openAll(): Promise<void> {
    await this.blocking.open();
    await this.#waiting?.open();
    const place = this.#place;
    if (!(place instanceof SentinelPlace)) return;
    const ask = async (): Promise<void> => {
      const url = await place.findAgreed().catch(() => undefined);
      if (url !== undefined) for (const one of this.#all()) one.moveTo(url);
    };
    this.#timer = setInterval(() => void ask(), askIntervalMs);
    this.#timer.unref();
  }

  /** Calls `onMissing` whenever replicas do not confirm in time what was written. */
  onReplicasMissing(onMissing: () => void): void {
    this.#onMissing = onMissing;
  }

  /** Lets the others follow the connection for commands to where it leads now. */
  rejoin(): void {
    for (const one of this.#all()) one.join(this.engine);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const one of this.#all()) one.close();
  }

  #all(): readonly EngineConnection[] {
    return [this.engine, this.blocking, ...(this.#waiting ? [this.#waiting] : [])];
  }
}
