import { ConfigError } from '../../config-error.ts';
import { troubleOf } from '../../health/trouble.ts';
import type { EngineConnection, EngineReply } from './engine-connection.ts';
import type { EngineKeys } from './engine-keys.ts';
import { clockToleranceMs } from './node-lease.ts';

/** The form of the data that this version writes. */
const schema = '1';
const leastVersion = 7;

type Engine = Pick<EngineConnection, 'send'>;

/**
 * Refuses an engine that cannot hold the data of a cluster. Returns what the operator should know nevertheless.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`)
 */
export async function checkEngine(engine: Engine, keys: EngineKeys): Promise<readonly string[]> {
  const info = await infoOf(engine);
  const version = info.get('valkey_version') ?? info.get('redis_version') ?? 'unknown';
  if (!(Number.parseInt(version) >= leastVersion)) {
    throw refused(`is version ${version}. Use Valkey, or Redis from version ${leastVersion}.`);
  }
  if (info.get('cluster_enabled') === '1') {
    throw refused('is one of a Redis Cluster. Use an engine with all keys, with or without replicas.');
  }
  if (info.get('role') === 'slave') throw refused('is a replica, which is read-only. Use its primary.');
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (info.get('maxmemory') !== '0' && policy !== 'noeviction') {
    throw refused(
      `would delete conferences when it is full. Set maxmemory-policy to noeviction, not ${policy}.`,
    );
  }
  await checkClock(engine);
  await checkData(engine, keys);
  return info.get('aof_enabled') === '0'
    ? ['The engine in PARLEY_REDIS_URL loses everything when it stops. Set appendonly to yes.']
    : [];
}

/** The {@link ConfigError} for an engine that failed while the server started. */
export function explainEngineError(error: unknown): unknown {
  if (error instanceof ConfigError) return error;
  const trouble = troubleOf(error);
  const cause = error instanceof Error ? error.cause : undefined;
  switch (trouble?.code) {
    case 'engine_refused':
      return refused('refuses the user or the password in the URL. Check both.', cause);
    case 'engine_full':
      return refused('is full, or its disk is. Raise maxmemory, or free some space.', cause);
    case 'engine_read_only':
      return refused('is read-only. Use the primary.', cause);
    case 'engine_not_replicated':
      return refused(
        'has fewer replicas that confirm what is written than PARLEY_REDIS_REPLICAS, or than its own min-replicas-to-write. Start the missing replicas, or lower the setting.',
        cause,
      );
    case 'engine_unavailable':
      return refused('cannot be reached. Start the engine, or correct the URL.', cause);
    default:
      return error;
  }
}

async function infoOf(engine: Engine): Promise<ReadonlyMap<string, string>> {
  const text = String(await engine.send('INFO'));
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
}

async function checkClock(engine: Engine): Promise<void> {
  const [seconds, microseconds] = (await engine.send('TIME')) as readonly EngineReply[];
  const engineSeconds = Number(seconds) + Number(microseconds) / 1_000_000;
  const offSeconds = Math.round(Date.now() / 1000 - engineSeconds);
  if (Math.abs(offSeconds) * 1000 > clockToleranceMs) {
    const direction = offSeconds > 0 ? 'ahead of' : 'behind';
    throw new ConfigError(
      `The clock of this machine is ${Math.abs(offSeconds)} seconds ${direction} that of the engine in PARLEY_REDIS_URL. Synchronize both, for example with NTP.`,
    );
  }
}

async function checkData(engine: Engine, keys: EngineKeys): Promise<void> {
  let stored: EngineReply;
  try {
    await engine.send('HSETNX', keys.cluster, 'schema', schema);
    stored = await engine.send('HGET', keys.cluster, 'schema');
  } catch (error) {
    if (troubleOf(error)) throw error;
    throw refused(`holds other data under the key ${keys.cluster}. Set another PARLEY_CLUSTER_NAME.`, error);
  }
  if (stored !== schema) {
    throw refused(
      `holds data of a newer version of this server (schema ${String(stored)}; this one supports ${schema}). Start that version, or set another PARLEY_CLUSTER_NAME.`,
    );
  }
}

function refused(reason: string, cause?: unknown): ConfigError {
  return new ConfigError(`The engine in PARLEY_REDIS_URL ${reason}`, { cause });
}
