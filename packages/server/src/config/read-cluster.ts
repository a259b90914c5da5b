import { ConfigError } from '../config-error.ts';
import type { Environment } from './environment.ts';
import type { ClusterConfig, ParleyServerConfig } from './parley-server-config.ts';
import { readNumbers } from './read-numbers.ts';

/** Settings that several nodes cannot have yet, because what they name belongs to one process. */
const alone: Readonly<Record<string, string>> = {
  PARLEY_DATA_DIR: 'the engine stores the data',
  PARLEY_RECORDING_DIR: 'nodes cannot record yet',
};
const leaseRangeMs = { least: 1_000, most: 60_000 };
/** More than anyone has. */
const mostReplicas = 10;

/** The engine that several nodes share, and this node's place among them. */
export function readCluster(env: Environment): Pick<ParleyServerConfig, 'cluster'> {
  const { PARLEY_REDIS_URL: redisUrl, PARLEY_NODE_URL: nodeUrl, PARLEY_CLUSTER_NAME: name } = env;
  const numbers = readNumbers(env, 'PARLEY_', { nodeLeaseMs: 0, redisReplicas: 0 });
  const { nodeLeaseMs: leaseMs, redisReplicas } = numbers;
  if (!redisUrl) {
    for (const variable of ['PARLEY_NODE_URL', 'PARLEY_REDIS_SENTINELS', 'PARLEY_REDIS_REPLICAS']) {
      if (env[variable])
        throw new ConfigError(`${variable} needs PARLEY_REDIS_URL, the engine of the nodes.`);
    }
    return {};
  }
  // Messages do not repeat the URL, because it may contain a password.
  const redisSentinels = readSentinels(env['PARLEY_REDIS_SENTINELS']);
  requireUrl('PARLEY_REDIS_URL', redisUrl, /^rediss?:$/, 'a URL like redis://user:password@host:6379/0');
  if (redisSentinels && new URL(redisUrl).port !== '') {
    throw new ConfigError(
      'PARLEY_REDIS_URL must have no port with PARLEY_REDIS_SENTINELS: set its host to the name that the sentinels have for the engine, as in redis://:password@mymaster/0.',
    );
  }
  if (redisReplicas !== undefined && redisReplicas > mostReplicas) {
    throw new ConfigError(
      `PARLEY_REDIS_REPLICAS is "${redisReplicas}"; it must be from 0 to ${mostReplicas}.`,
    );
  }
  if (!nodeUrl) {
    throw new ConfigError(
      'PARLEY_NODE_URL is missing. With PARLEY_REDIS_URL, set it to the URL at which other nodes reach this one.',
    );
  }
  requireUrl('PARLEY_NODE_URL', nodeUrl, /^https?:$/, 'a URL like http://10.0.0.7:8787');
  for (const [variable, reason] of Object.entries(alone)) {
    if (env[variable])
      throw new ConfigError(`${variable} and PARLEY_REDIS_URL exclude each other: ${reason}. Unset one.`);
  }
  if (!env['PARLEY_CLIENTS']?.trim()) {
    throw new ConfigError(
      'PARLEY_CLIENTS is missing. With PARLEY_REDIS_URL, all nodes need the same clients.',
    );
  }
  if (leaseMs !== undefined && (leaseMs < leaseRangeMs.least || leaseMs > leaseRangeMs.most)) {
    throw new ConfigError(
      `PARLEY_NODE_LEASE_MS is "${leaseMs}"; it must be from ${leaseRangeMs.least} to ${leaseRangeMs.most}.`,
    );
  }
  if (name && !/^[\w-]{1,40}$/.test(name)) {
    throw new ConfigError(
      `PARLEY_CLUSTER_NAME is "${name}"; it must have 1 to 40 letters, digits, hyphens or underscores.`,
    );
  }
  const cluster: ClusterConfig = {
    redisUrl,
    nodeUrl,
    ...(redisSentinels && { redisSentinels }),
    ...(redisReplicas !== undefined && { redisReplicas }),
    ...(name && { name }),
    ...(leaseMs !== undefined && { leaseMs }),
  };
  return { cluster };
}

function readSentinels(text = ''): readonly string[] | undefined {
  const addresses = text.split(',').flatMap((address) => address.trim() || []);
  for (const [index, address] of addresses.entries()) {
    const { hostname = '', pathname = '', search = '' } = URL.parse(`redis://${address}`) ?? {};
    if (hostname === '' || pathname + search !== '') {
      // Not repeated, because it may contain a password.
      throw new ConfigError(
        `PARLEY_REDIS_SENTINELS must be addresses like 10.0.0.1:26379,10.0.0.2:26379; number ${index + 1} is not one.`,
      );
    }
  }
  return addresses.length > 0 ? addresses : undefined;
}

function requireUrl(variable: string, text: string, protocol: RegExp, expected: string): void {
  const url = URL.parse(text);
  if (!url || !protocol.test(url.protocol)) throw new ConfigError(`${variable} must be ${expected}.`);
}
