import { ConfigError } from '../config-error.ts';
import type { Environment } from './environment.ts';
import type { ParleyServerConfig } from './parley-server-config.ts';
import { readNumbers } from './read-numbers.ts';

const msPerDay = 24 * 60 * 60_000;

/** Whether and where the server records, and what may stay there. */
export function readRecording(
  env: Environment,
): Pick<ParleyServerConfig, 'recordingDir' | 'recordingMaxBytes' | 'recordingRetentionMs'> {
  const { PARLEY_RECORDING_DIR: recordingDir } = env;
  const numbers = readNumbers(env, 'PARLEY_RECORDING_', { maxBytes: 0, retentionDays: 0 });
  const { maxBytes: recordingMaxBytes, retentionDays } = numbers;
  if (!recordingDir && Object.keys(numbers).length > 0) {
    throw new ConfigError(
      'PARLEY_RECORDING_DIR is missing. Set it too, or remove the other PARLEY_RECORDING settings.',
    );
  }
  return {
    ...(recordingDir && { recordingDir }),
    ...(recordingMaxBytes !== undefined && { recordingMaxBytes }),
    ...(retentionDays !== undefined && { recordingRetentionMs: retentionDays * msPerDay }),
  };
}
