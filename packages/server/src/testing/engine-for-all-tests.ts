import type { TestProject } from 'vitest/node';
import { startRedis, type RedisEngine } from './redis-engine.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The engine on which all servers of a project's tests store their data. */
    readonly redisUrl?: string;
    /** Of how many nodes each test server consists; a proxy sends its requests to them in turn. */
    readonly nodeCount?: number;
  }
}

let redis: RedisEngine | undefined;

/** Starts an engine on which every test server of the project stores its data, each under a name of its own. */
export async function setup(project: TestProject): Promise<void> {
  redis = await startRedis();
  // Not by the environment, which the tests of other projects inherit, too.
  project.provide('redisUrl', redis.url);
}

/** Ends it after the run. */
export async function teardown(): Promise<void> {
  await redis?.close();
}
