import type { ParleyServerConfig } from './config/parley-server-config.ts';
import type { Limits } from './limits/limits.ts';
import { openStorage } from './storage/open-storage.ts';
import type { Storage } from './storage/storage.ts';

/** Holds what a storage reports until the server can log it. */
export class StorageReports {
  readonly #early: (() => void)[] = [];
  #onError: (error: unknown) => void = (error) => this.#early.push(() => this.#onError(error));
  #onWarning: (text: string) => void = (text) => this.#early.push(() => this.#onWarning(text));

  /** Passes all reports on, also those of before. */
  begin(onError: (error: unknown) => void, onWarning: (text: string) => void): void {
    this.#onError = onError;
    this.#onWarning = onWarning;
    for (const report of this.#early.splice(0)) report();
  }

  error(error: unknown): void {
    this.#onError(error);
  }

  warning(text: string): void {
    this.#onWarning(text);
  }
}

const defaultLeaseMs = 5_000;

/**
 * Opens the storage that the configuration asks for: an engine that nodes share, a folder, or memory.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) when it cannot be used.
 */
export async function openConfiguredStorage(
  { cluster, dataDir }: ParleyServerConfig,
  limits: Limits,
  reports: StorageReports,
): Promise<Storage> {
  if (!cluster) return openStorage(dataDir, limits);
  // Only here, because most servers have no engine.
  const { openRedisStorage } = await import('./storage/redis/open-redis-storage.ts');
  return openRedisStorage({
    engine: {
      url: cluster.redisUrl,
      ...(cluster.redisSentinels && { sentinels: cluster.redisSentinels }),
      ...(cluster.redisReplicas !== undefined && { replicas: cluster.redisReplicas }),
    },
    clusterName: cluster.name ?? 'parley',
    node: { url: cluster.nodeUrl },
    leaseMs: cluster.leaseMs ?? defaultLeaseMs,
    historyBytes: limits.historyBytes,
    keptMessageBytes: limits.keptMessageBytes,
    onError: (error) => reports.error(error),
    onWarning: (text) => reports.warning(text),
  });
}
