import { createClient, ErrorReply } from '@redis/client';
import { ConfigError } from '../../config-error.ts';

/** Where the engine is. */
export interface EnginePlace {
  /** Whether it can move to another address while the server runs. */
  readonly canMove: boolean;
  /** The URL of the engine now; of its primary where it has replicas. */
  find(): Promise<string>;
}

/** An engine that stays where it is. */
export function fixedPlace(url: string): EnginePlace {
  return { canMove: false, find: () => Promise.resolve(url) };
}

/** What a sentinel says about the primary. */
interface SentinelAnswer {
  readonly host: string;
  readonly port: string;
  /** Increases with each failover. */
  readonly epoch: number;
}

const sentinelTimeoutMs = 2_000;
/** How long to wait for the others once most have answered: often, one died with the primary. */
const graceMs = 300;
const sentinelPort = '26379';

/**
 * An engine whose primary is known to sentinels. All of them are asked each time, and the one that knows of the latest failover is
 * right: one that was cut off for a while would name the former primary.
 *
 * `createSentinel` of `@redis/client` is not used: it repeats commands whose answer was lost, which would append events twice, and
 * makes them wait for a failover instead of failing.
 */
export class SentinelPlace implements EnginePlace {
  readonly canMove = true;
  readonly #url: URL;
  readonly #sentinels: readonly string[];

  /** The host in `url` is the name that the sentinels have for the primary; the rest applies to the engine. */
  constructor(url: string, sentinels: readonly string[]) {
    this.#url = new URL(url);
    this.#sentinels = sentinels.map((address) => urlOfSentinel(address, this.#url.protocol));
  }

  /** @throws {@link ConfigError} (`ERR_CONFIG`) when no sentinel answers, or none knows the name. */
  async find(): Promise<string> {
    return (await this.#ask()).url;
  }

  /** As {@link find}, but undefined unless most sentinels answer. */
  async findAgreed(): Promise<string | undefined> {
    const { url, answered } = await this.#ask();
    return answered * 2 > this.#sentinels.length ? url : undefined;
  }

  async #ask(): Promise<{ readonly url: string; readonly answered: number }> {
    const name = decodeURIComponent(this.#url.hostname);
    const answers: SentinelAnswer[] = [];
    const errors: unknown[] = [];
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (answers.length + errors.length === this.#sentinels.length) resolve();
        else if (answers.length * 2 > this.#sentinels.length) setTimeout(resolve, graceMs);
      };
      for (const sentinel of this.#sentinels) {
        askSentinel(sentinel, name)
          .then(
            (answer) => void answers.push(answer),
            (error: unknown) => void errors.push(error),
          )
          .finally(check);
      }
    });
    const [latest] = answers.toSorted((a, b) => b.epoch - a.epoch);
    if (!latest) throw this.#explained(errors);
    const url = new URL(this.#url);
    url.host = `${latest.host.includes(':') ? `[${latest.host}]` : latest.host}:${latest.port}`;
    return { url: url.href, answered: answers.length };
  }

  #explained(errors: readonly unknown[]): ConfigError {
    const reply = errors.find((error) => error instanceof ErrorReply);
    const [first] = errors;
    if (!reply) {
      return new ConfigError(
        'No sentinel in PARLEY_REDIS_SENTINELS can be reached. Start them, or correct the addresses.',
        { cause: first },
      );
    }
    if (/No such master/i.test(reply.message)) {
      return new ConfigError(
        `The sentinels in PARLEY_REDIS_SENTINELS do not know "${this.#url.hostname}". Set the host in PARLEY_REDIS_URL to the name that follows "sentinel monitor" in their configuration.`,
      );
    }
    return new ConfigError(
      'The sentinels in PARLEY_REDIS_SENTINELS refuse to answer. Put their user and password in front of each address, as in :password@host:26379.',
      { cause: reply },
    );
  }
}

/** The URL of a sentinel: `[user:password@]host[:port]`, with TLS if the engine has it. Throws for anything else. */
function urlOfSentinel(address: string, protocol: string): string {
  const url = new URL(`${protocol}//${address}`);
  if (url.port === '') url.port = sentinelPort;
  return url.href;
}

async function askSentinel(url: string, name: string): Promise<SentinelAnswer> {
  const client = createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: sentinelTimeoutMs,
      socketTimeout: sentinelTimeoutMs,
      reconnectStrategy: false,
    },
  });
  // Reported by the promises below.
  client.on('error', () => {});
  try {
    await client.connect();
    const flat = await client.sendCommand<readonly string[]>(['SENTINEL', 'MASTER', name]);
    const valueOf = (field: string): string => flat[flat.indexOf(field) + 1] ?? '';
    return { host: valueOf('ip'), port: valueOf('port'), epoch: Number(valueOf('config-epoch')) };
  } finally {
    client.destroy();
  }
}
