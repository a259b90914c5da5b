import { createClient, ErrorReply } from '@redis/client';
import { ConfigError } from '../../config-error.ts';
import { EngineError, type EngineTroubleCode } from '../../health/trouble.ts';
import type { EnginePlace } from './engine-place.ts';
import { allScripts, type EngineScript } from './engine-scripts.ts';
import type { Replicas } from './replicas.ts';

/** What a command of the engine returns, in RESP 2. */
export type EngineReply = string | number | null | readonly EngineReply[];

type Client = ReturnType<typeof clientOf>;

/** Commands wait at most about this long for an engine that does not answer. */
const silenceMs = 2_000;
/** How often an idle connection asks for a sign of life. */
const pingIntervalMs = 700;
const longestPauseMs = 500;

const codeByReply: readonly (readonly [RegExp, EngineTroubleCode])[] = [
  [/^(ERR )?FENCED/, 'node_replaced'],
  [/^(OOM|MISCONF)/, 'engine_full'],
  [/^READONLY|^ERR WAIT cannot be used with replica/, 'engine_read_only'],
  [/^(ERR )?(NOAUTH|WRONGPASS|NOPERM|ACL failure|The user executing the script)/, 'engine_refused'],
  [/^NOREPLICAS/, 'engine_not_replicated'],
  [/^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|UNBLOCKED)/, 'engine_unavailable'],
];
/** Errors of an engine that is no longer the primary. */
const isNoPrimary = /^(READONLY|UNBLOCKED|MASTERDOWN|ERR WAIT cannot be used with replica)/;

/** A connection to Valkey or Redis. It reconnects by itself; in between, commands fail instead of waiting. */
export class EngineConnection {
  readonly #place: EnginePlace;
  readonly #blockMs: number;
  #client: Client | undefined;
  #primary = '';
  #url = '';
  #isClosed = false;
  /** The error that ended the connection, or kept it from opening. */
  #failure = new EngineError('engine_unavailable');
  #replicas: Replicas | undefined;
  #onReady: () => void = () => {};
  #onLost: () => void = () => {};
  #onFenced: () => void = () => {};

  /** `blockMs` is how long a command may wait at the engine, on a connection for such commands. */
  constructor(place: EnginePlace, blockMs = 0) {
    this.#place = place;
    this.#blockMs = blockMs;
  }

  /** Connects once. Rejects if that fails. */
  async open(): Promise<void> {
    await this.#connect();
  }

  /** Calls `onReady` after each connection, before any command is sent, and `onLost` after each failure. */
  watch(onReady: () => void, onLost: () => void): void {
    this.#onReady = onReady;
    this.#onLost = onLost;
  }

  /** Calls `onFenced` when the engine refuses a command, because other nodes declared this one dead. */
  onFenced(onFenced: () => void): void {
    this.#onFenced = onFenced;
  }

  /** Lets {@link commit}, {@link replicated} and {@link settled} wait for replicas. Without a call, they wait for nothing. */
  useReplicas(replicas: Replicas): void {
    this.#replicas = replicas;
  }

  /** Names the process that the connection leads to. */
  get primary(): string {
    return this.#primary;
  }

  /** The client of the moment, for libraries that use one. */
  get client(): unknown {
    return new Proxy(
      {},
      {
        get: (_, name) => {
          const client = this.#client;
          if (!client) return name === 'isReady' ? false : undefined;
          const value: unknown = Reflect.get(client, name);
          return typeof value === 'function' ? value.bind(client) : value;
        },
      },
    );
  }

  /** Sends a command. Rejects with {@link EngineError} when the engine is away, full or refuses it. */
  async send(...command: readonly string[]): Promise<EngineReply> {
    const client = this.#connected();
    try {
      return await client.sendCommand<EngineReply>([...command]);
    } catch (error) {
      throw this.#explained(error, client);
    }
  }

  /** Executes a script. Rejects like {@link send}. */
  async run(
    { sha, text }: EngineScript,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<EngineReply> {
    const client = this.#connected();
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await client.sendCommand<EngineReply>(['EVALSHA', sha, ...rest]);
    } catch (error) {
      if (!(error instanceof ErrorReply && error.message.startsWith('NOSCRIPT')))
        throw this.#explained(error, client);
      return this.send('EVAL', text, ...rest);
    }
  }

  /** Executes a script, and waits until replicas have what it wrote. */
  commit(...script: Parameters<EngineConnection['run']>): Promise<EngineReply> {
    return this.replicated(this.run(...script));
  }

  /** Settles as `write`, which was sent just now, but once replicas have it. */
  async replicated<Result>(write: Promise<Result>): Promise<Result> {
    const primary = this.#primary;
    const result = await write;
    await this.#replicas?.reached(primary);
    return result;
  }

  /** Notes that something was read that replicas may not have. */
  noteRead(): void {
    this.#replicas?.note();
  }

  /** Resolves when replicas have what was noted. */
  async settled(): Promise<void> {
    await this.#replicas?.settled(this.#primary);
  }

  /** Connects again unless the connection leads to `url`. */
  moveTo(url: string): void {
    if (this.#client && this.#url !== url) this.#lose(this.#client);
  }

  /** Connects again unless the connection leads where `other` does. */
  join(other: EngineConnection): void {
    if (this.#client && this.#primary !== other.#primary) this.#lose(this.#client);
  }

  close(): void {
    this.#isClosed = true;
    this.#client?.destroy();
  }

  #connected(): Client {
    if (!this.#client) throw this.#failure;
    return this.#client;
  }

  async #connect(): Promise<void> {
    const url = await this.#place.find();
    const client = clientOf(url, this.#blockMs);
    // Each command reports its own failure.
    client.on('error', () => this.#lose(client));
    try {
      await client.connect();
      const info = await client.sendCommand<string>(['INFO']);
      // Sentinels name the next primary shortly before it is one.
      if (this.#place.canMove && !/^role:master/m.test(info)) throw new EngineError('engine_read_only');
      if (this.#isClosed) throw new EngineError('engine_unavailable');
      this.#primary = /^run_id:(\w+)/m.exec(info)?.[1] ?? '';
    } catch (error) {
      client.destroy();
      throw explained(error);
    }
    this.#url = url;
    this.#client = client;
    for (const { text } of allScripts) client.sendCommand(['SCRIPT', 'LOAD', text]).catch(() => {});
    this.#replicas?.note();
    this.#onReady();
  }

  #lose(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#failure = new EngineError('engine_unavailable');
    client.destroy();
    this.#onLost();
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let attempt = 0; !this.#isClosed; attempt += 1) {
      const pauseMs = Math.min(longestPauseMs, 20 * 2 ** Math.min(attempt, 10));
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
      try {
        await this.#connect();
        return;
      } catch (error) {
        this.#failure = error instanceof EngineError ? error : new EngineError('engine_unavailable', error);
        this.#onLost();
      }
    }
  }

  #explained(error: unknown, client: Client): unknown {
    const known = explained(error);
    if (known instanceof EngineError && known.trouble.code === 'node_replaced') this.#onFenced();
    if (this.#place.canMove && error instanceof ErrorReply && isNoPrimary.test(error.message))
      this.#lose(client);
    return known;
  }
}

function clientOf(url: string, blockMs: number) {
  return createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    ...(blockMs === 0 && { pingInterval: pingIntervalMs }),
    socket: {
      connectTimeout: silenceMs,
      socketTimeout: silenceMs + blockMs,
      // The next connection may lead elsewhere.
      reconnectStrategy: false,
    },
  });
}

function explained(error: unknown): unknown {
  if (error instanceof EngineError || error instanceof ConfigError) return error;
  if (!(error instanceof ErrorReply)) return new EngineError('engine_unavailable', error);
  const found = codeByReply.find(([pattern]) => pattern.test(error.message));
  return found ? new EngineError(found[1], error) : error;
}
