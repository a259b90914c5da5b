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

/** The engine that several nodes share, and this node's place among them. */
export function readCluster(env: Environment): Pick<ParleyServerConfig, 'cluster'> {
  const { PARLEY_REDIS_URL: redisUrl, PARLEY_NODE_URL: nodeUrl, PARLEY_CLUSTER_NAME: name } = env;
  const { nodeLeaseMs: leaseMs } = readNumbers(env, 'PARLEY_', { nodeLeaseMs: 0 });
  if (!redisUrl) {
    if (nodeUrl) throw new ConfigError('PARLEY_NODE_URL needs PARLEY_REDIS_URL, the engine of the nodes.');
    return {};
  }
  // Messages do not repeat the URL, because it may contain a password.
  requireUrl('PARLEY_REDIS_URL', redisUrl, /^rediss?:$/, 'a URL like redis://user:password@host:6379/0');
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
    ...(name && { name }),
    ...(leaseMs !== undefined && { leaseMs }),
  };
  return { cluster };
}

function requireUrl(variable: string, text: string, protocol: RegExp, expected: string): void {
  const url = URL.parse(text);
  if (!url || !protocol.test(url.protocol)) throw new ConfigError(`${variable} must be ${expected}.`);
}
