import { createClient, ErrorReply } from '@redis/client';
import { EngineError, type EngineTroubleCode } from '../../health/trouble.ts';
import { allScripts, type EngineScript } from './engine-scripts.ts';

/** What a command of the engine returns, in RESP 2. */
export type EngineReply = string | number | null | readonly EngineReply[];

/** Commands wait at most about this long for an engine that does not answer. */
const silenceMs = 2_000;
/** How often an idle connection asks for a sign of life. */
const pingIntervalMs = 700;
const longestPauseMs = 500;

const codeByReply: readonly (readonly [RegExp, EngineTroubleCode])[] = [
  [/^(ERR )?FENCED/, 'node_replaced'],
  [/^(OOM|MISCONF)/, 'engine_full'],
  [/^READONLY/, 'engine_read_only'],
  [/^(ERR )?(NOAUTH|WRONGPASS|NOPERM|ACL failure|The user executing the script)/, 'engine_refused'],
  [/^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|UNBLOCKED)/, 'engine_unavailable'],
];

/** A connection to Valkey or Redis. It reconnects by itself; in between, commands fail instead of waiting. */
export class EngineConnection {
  readonly #client: ReturnType<typeof clientOf>;
  #hasConnected = false;
  #onReady: () => void = () => {};
  #onLost: () => void = () => {};
  #onFenced: () => void = () => {};

  /** `blockMs` is how long a command may wait at the engine, on a connection for such commands. */
  constructor(url: string, blockMs = 0) {
    this.#client = clientOf(url, blockMs, () => this.#hasConnected);
    // Each command reports its own failure.
    this.#client.on('error', () => {
      this.#onLost();
    });
    this.#client.on('ready', () => {
      this.#hasConnected = true;
      for (const { text } of allScripts) this.#client.sendCommand(['SCRIPT', 'LOAD', text]).catch(() => {});
      this.#onReady();
    });
  }

  /** Connects once. Rejects if that fails. */
  async open(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      this.#client.destroy();
      throw explained(error);
    }
  }

  /** Calls `onReady` after each connection, and `onLost` after each failure. */
  watch(onReady: () => void, onLost: () => void): void {
    this.#onReady = onReady;
    this.#onLost = onLost;
  }

  /** Calls `onFenced` when the engine refuses a command, because other nodes declared this one dead. */
  onFenced(onFenced: () => void): void {
    this.#onFenced = onFenced;
  }

  /** The client, for libraries that use one. */
  get client(): unknown {
    return this.#client;
  }

  /** Sends a command. Rejects with {@link EngineError} when the engine is away, full or refuses it. */
  async send(...command: readonly string[]): Promise<EngineReply> {
    try {
      return await this.#client.sendCommand<EngineReply>([...command]);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** Executes a script. Rejects like {@link send}. */
  async run(
    { sha, text }: EngineScript,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<EngineReply> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.#client.sendCommand<EngineReply>(['EVALSHA', sha, ...rest]);
    } catch (error) {
      if (!(error instanceof ErrorReply && error.message.startsWith('NOSCRIPT')))
        throw this.#explained(error);
      return this.send('EVAL', text, ...rest);
    }
  }

  #explained(error: unknown): unknown {
    const known = explained(error);
    if (known instanceof EngineError && known.trouble.code === 'node_replaced') this.#onFenced();
    return known;
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }
}

function clientOf(url: string, blockMs: number, hasConnected: () => boolean) {
  return createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    ...(blockMs === 0 && { pingInterval: pingIntervalMs }),
    socket: {
      connectTimeout: silenceMs,
      socketTimeout: silenceMs + blockMs,
      // A server that starts without its engine says so, and stops.
      reconnectStrategy: (retries: number) =>
        hasConnected() && Math.min(longestPauseMs, 20 * 2 ** Math.min(retries, 10)),
    },
  });
}

function explained(error: unknown): unknown {
  if (!(error instanceof ErrorReply)) return new EngineError('engine_unavailable', error);
  const found = codeByReply.find(([pattern]) => pattern.test(error.message));
  return found ? new EngineError(found[1], error) : error;
}
