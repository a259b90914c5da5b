import { ConfigError } from '../config-error.ts';
import type { LogLevel } from '../http/http-server.ts';
import type { Environment } from './environment.ts';
import type { ParleyServerConfig } from './parley-server-config.ts';
import { readAccess } from './read-access.ts';
import { readCluster } from './read-cluster.ts';
import { readIce } from './read-ice.ts';
import { readNetwork } from './read-network.ts';
import { readProtection } from './read-protection.ts';
import { readRecording } from './read-recording.ts';
import { readRetention } from './read-retention.ts';

/**
 * The configuration from the `PARLEY_*` variables; `clients` is empty without PARLEY_CLIENTS.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) for an unusable value.
 */
export function readConfig(env: Environment): ParleyServerConfig {
  return {
    logLevel: logLevelOf(env['PARLEY_LOG_LEVEL'] ?? ''),
    ...readAccess(env),
    ...readCluster(env),
    ...readIce(env),
    ...readNetwork(env),
    ...readRetention(env),
    ...readRecording(env),
    ...readProtection(env),
  };
}

const logLevels: readonly LogLevel[] = ['silent', 'error', 'warn', 'info', 'debug'];

function logLevelOf(text: string): LogLevel {
  if (text === '') return 'warn';
  const level = logLevels.find((name) => name === text);
  if (!level)
    throw new ConfigError(`PARLEY_LOG_LEVEL is "${text}"; it must be one of ${logLevels.join(', ')}.`);
  return level;
}
