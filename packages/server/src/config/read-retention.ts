import { ConfigError } from '../config-error.ts';
import type { Environment } from './environment.ts';
import type { ParleyServerConfig } from './parley-server-config.ts';

/** What is stored where, and for how long. */
export function readRetention(
  env: Environment,
): Pick<
  ParleyServerConfig,
  'dataDir' | 'packetDumpDir' | 'endedRetentionMs' | 'expiredTicketRetentionMs' | 'compactionIntervalMs'
> {
  const endedRetentionMs = millisecondsOf(env, 'PARLEY_ENDED_RETENTION_SECONDS', 0);
  const expiredTicketRetentionMs = millisecondsOf(env, 'PARLEY_TICKET_RETENTION_SECONDS', 0);
  const compactionIntervalMs = millisecondsOf(env, 'PARLEY_COMPACTION_SECONDS', 1);
  const { PARLEY_DATA_DIR: dataDir, PARLEY_PACKET_DUMP_DIR: packetDumpDir } = env;
  return {
    ...(dataDir && { dataDir }),
    ...(packetDumpDir && { packetDumpDir }),
    ...(endedRetentionMs !== undefined && { endedRetentionMs }),
    ...(expiredTicketRetentionMs !== undefined && { expiredTicketRetentionMs }),
    ...(compactionIntervalMs !== undefined && { compactionIntervalMs }),
  };
}

/** A whole number of seconds, returned in milliseconds. */
function millisecondsOf(env: Environment, name: string, minSeconds: number): number | undefined {
  const text = env[name] ?? '';
  if (text === '') return undefined;
  const seconds = Number(text);
  if (!/^\d{1,9}$/.test(text) || seconds < minSeconds) {
    throw new ConfigError(
      `${name} is "${text}"; it must be a whole number of seconds from ${minSeconds} to 999999999.`,
    );
  }
  return seconds * 1000;
}
