import { randomBytes } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { ConfigError } from '../../config-error.ts';
import type { Records } from '../records.ts';
import type { Cluster, RecordsName, Storage } from '../storage.ts';
import { checkEngine, explainEngineError } from './check-engine.ts';
import type { EngineConnection } from './engine-connection.ts';
import { EngineConnections, type EngineOptions } from './engine-connections.ts';
import { EngineKeys } from './engine-keys.ts';
import { EngineTail, type TailEntry } from './engine-tail.ts';
import { NodeLease, type NodeInfo } from './node-lease.ts';
import { RedisEventLog } from './redis-event-log.ts';
import { RedisMessageLog } from './redis-message-log.ts';
import { RedisRecords } from './redis-records.ts';
import { RedisSharing } from './redis-sharing.ts';
import { RedisStreamOwners } from './redis-stream-owners.ts';
import { RedisViewerIds } from './redis-viewer-ids.ts';

/** What {@link openRedisStorage} needs. */
export interface RedisStorageOptions {
  readonly engine: EngineOptions;
  /** With which the keys begin. */
  readonly clusterName: string;
  readonly node: NodeInfo;
  readonly leaseMs: number;
  readonly historyBytes?: number;
  readonly keptMessageBytes?: number;
  /** Receives errors that no caller waits for. */
  readonly onError: (error: unknown) => void;
  /** Receives what the operator should know. */
  readonly onWarning: (text: string) => void;
}

const recordsNames: readonly RecordsName[] = [
  'signing_keys',
  'refresh_tokens',
  'tickets',
  'user_endpoints',
  'revocations',
  'standings',
  'waiting',
  'visitors',
];

/** For how long messages to all nodes can be read by a node that starts. */
const pastMs = 120_000;

/**
 * Opens what several nodes share, in Valkey or Redis.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) for an engine that cannot be used, or a node whose URL another one has.
 */
export async function openRedisStorage(options: RedisStorageOptions): Promise<Storage> {
  const keys = new EngineKeys(options.clusterName);
  const connections = new EngineConnections(options.engine, keys.of('replicated'));
  try {
    return await open(options, keys, connections);
  } catch (error) {
    connections.close();
    throw explainEngineError(error);
  }
}

async function open(
  { node, leaseMs, historyBytes, keptMessageBytes, onError, onWarning }: RedisStorageOptions,
  keys: EngineKeys,
  connections: EngineConnections,
): Promise<Storage> {
  const { engine, blocking } = connections;
  await connections.openFirst();
  const warnings = await checkEngine(engine, keys);
  await connections.openAll();
  await engine.settled();
  await requireFreeUrl(engine, keys, node.url, leaseMs);

  let onOrphans: Parameters<Cluster['onOrphans']>[0] | undefined;
  let isClockOff = false;
  const incarnation = (): string => lease.incarnation;
  const sharing = new RedisSharing({
    engine,
    keys,
    incarnation,
    tail: () => tail,
    canJudge: () => lease.isInContact,
    onError,
  });
  const log = new RedisEventLog({ engine, keys, incarnation, historyBytes });
  const messages = new RedisMessageLog({ engine, keys, incarnation, keptBytes: keptMessageBytes });
  const owners = new RedisStreamOwners({ engine, keys, incarnation });
  const onWrite = (write: Promise<unknown>): void => sharing.note(write);
  const records = new Map(
    recordsNames.map((name) => {
      return [name, new RedisRecords({ engine, keys, incarnation, name, onWrite })] as const;
    }),
  );
  const readAgain = async (): Promise<void> => {
    for (const one of records.values()) await one.reload();
    await owners.load();
    await sharing.miss(await log.conferenceIds());
  };
  const lease: NodeLease = new NodeLease({
    engine,
    keys,
    node,
    leaseMs,
    onTick: async () => {
      const orphaned = owners.where((owner) => owner !== lease.incarnation && !lease.nodes.has(owner));
      if (orphaned.length === 0) return;
      await onOrphans?.(orphaned.map(([streamKey, owner]) => ({ streamKey, incarnation: owner })));
    },
    onReplaced: readAgain,
    onContact: () => sharing.contact(),
    onClockOff: (offMs) => {
      if (offMs !== 0 && !isClockOff) onWarning(describeClock(offMs));
      isClockOff = offMs !== 0;
    },
    onError,
  });
  const tail: EngineTail = new EngineTail({
    engine,
    blocking,
    keys,
    onEntry: (entry) => follow(entry, { log, sharing, owners, records }),
    onGap: readAgain,
    onError,
  });
  await lease.begin();
  // Before the data are read, so that no change after that is missed.
  await tail.begin(pastMs, (entry) => sharing.remember(entry));
  await Promise.all([...records.values()].map((one) => one.load()));
  await owners.load();
  engine.watch(
    () => {
      tail.suspect();
      connections.rejoin();
      for (const one of records.values()) one.writeAgain().catch(onError);
    },
    () => lease.lose(),
  );
  engine.onFenced(() => lease.check());
  // As while the engine is away: clients that get no answers may seem silent.
  connections.onReplicasMissing(() => lease.lose());

  const secret = await secretOf(engine, keys);
  const close = (): Promise<void> => {
    lease.close();
    tail.close();
    connections.close();
    return Promise.resolve();
  };
  return {
    log,
    messages,
    warnings,
    shared: {
      sharing,
      cluster: {
        secret,
        incarnation,
        urlOf: async (owner) => (await lease.find(owner))?.url,
        drain: () => lease.drain(),
        isDraining: (owner) => lease.isDraining(owner),
        others: async () => (await lease.others()).map(({ url, load = 0 }) => ({ url, load })),
        reportLoad: (load) => lease.reportLoad(load),
        owners,
        viewerIds: new RedisViewerIds(engine, keys, incarnation),
        onOrphans: (listener) => {
          onOrphans = listener;
        },
        leave: () => lease.leave(),
      },
      counts: ({ points, duration, keyPrefix }) =>
        new RateLimiterRedis({
          storeClient: engine.client,
          useRedisPackage: true,
          rejectIfRedisNotReady: true,
          points,
          duration,
          keyPrefix: keys.of('rate', keyPrefix),
          insuranceLimiter: new RateLimiterMemory({ points, duration }),
        }),
      started: () => {
        sharing.forgetPast();
        tail.follow();
      },
    },
    records: <Value>(name: RecordsName) => records.get(name) as unknown as Records<Value>,
    compact: () => {},
    check: async () => {
      await engine.replicated(engine.send('HSET', keys.cluster, 'checked', String(Date.now())));
      if (isClockOff) onWarning('The clock of this machine is still off.');
    },
    close,
  };
}

function follow(
  entry: TailEntry,
  {
    log,
    sharing,
    owners,
    records,
  }: {
    readonly log: RedisEventLog;
    readonly sharing: RedisSharing;
    readonly owners: RedisStreamOwners;
    readonly records: ReadonlyMap<string, RedisRecords<unknown>>;
  },
): void | Promise<void> {
  switch (entry.type) {
    case 'log':
      log.grown(entry.name, Number(entry.value));
      return sharing.grow(entry.name, Number(entry.value));
    case 'gone':
      log.forgotten(entry.name);
      sharing.forget(entry.name);
      return undefined;
    case 'put':
    case 'del':
      records.get(entry.name)?.follow(entry);
      return undefined;
    case 'own':
    case 'free':
      owners.follow(entry);
      return undefined;
    case 'say':
      sharing.say(entry);
      return undefined;
    default:
      return undefined;
  }
}

/**
 * Refuses to start where another node is alive. A node that was killed at the same URL keeps its lease for a moment, but does not
 * renew it.
 */
async function requireFreeUrl(
  engine: EngineConnection,
  keys: EngineKeys,
  url: string,
  leaseMs: number,
): Promise<void> {
  const flat = (await engine.send('HGETALL', keys.nodes)) as readonly string[];
  const same = flat.filter(
    (_, index) => index % 2 === 0 && (JSON.parse(flat[index + 1] ?? '{}') as NodeInfo).url === url,
  );
  for (const incarnation of same) {
    const before = Number(await engine.send('PTTL', keys.lease(incarnation)));
    if (before <= 0) continue;
    // It renews its lease every third of it.
    await new Promise((resolve) => setTimeout(resolve, leaseMs / 2));
    const after = Number(await engine.send('PTTL', keys.lease(incarnation)));
    if (after > before - leaseMs / 4) {
      throw new ConfigError(
        `Another running node has the PARLEY_NODE_URL ${url}. Give each node a URL at which the others reach it alone.`,
      );
    }
  }
}

async function secretOf(engine: EngineConnection, keys: EngineKeys): Promise<string> {
  await engine.send('HSETNX', keys.cluster, 'secret', randomBytes(32).toString('base64url'));
  return String(await engine.send('HGET', keys.cluster, 'secret'));
}

function describeClock(offMs: number): string {
  return `The clock of this machine is ${Math.round(offMs / 1000)} seconds off that of the engine. Synchronize both, for example with NTP.`;
}
