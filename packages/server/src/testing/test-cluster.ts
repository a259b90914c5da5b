import type { TokenResponse } from '@parley-rtc/contract';
import { onTestFinished } from 'vitest';
import type { ParleyServerConfig } from '../config/parley-server-config.ts';
import type { MediaRouter } from '../media/media-router.ts';
import { FakeMediaRouter } from '../media/testing/fake-media-router.ts';
import { createParleyServer, type ParleyServer } from '../parley-server.ts';
import { freePort } from './free-port.ts';
import { startHoldableLink, type HoldableLink } from './holdable-link.ts';
import { startRedis, type RedisEngine } from './redis-engine.ts';
import { runProgram, urlOf, type RunningProgram } from './run-program.ts';
import { Caller } from './test-server.ts';

/** A node as its own process, without media. */
export interface TestNode {
  readonly url: string;
  readonly program: RunningProgram;
}

/** Several nodes on one engine. */
export interface TestCluster {
  readonly redis: RedisEngine;
  readonly nodes: readonly TestNode[];
  /** Starts another node, by default at a URL of its own. */
  readonly start: (variables?: Readonly<Record<string, string>>) => Promise<TestNode>;
  /** A caller of the client `desk`, at the first node. */
  readonly desk: Caller;
}

/** Two nodes in this process, which cost less than processes of their own. Returns the client `desk` at each. */
export async function startTwoNodes(): Promise<readonly [Caller, Caller]> {
  const { desks } = await startLinkedNodes();
  return desks;
}

/** Two nodes of one process, with what a test may do to them. */
export interface LinkedNodes<Router extends MediaRouter> {
  readonly redis: RedisEngine;
  /** By which only the second node reaches the engine. */
  readonly link: HoldableLink;
  /** The client `desk` at each node. */
  readonly desks: readonly [Caller, Caller];
  readonly routers: readonly [Router, Router];
  /** Ends the first node, as SIGTERM does. */
  readonly closeFirst: () => Promise<void>;
  readonly closeSecond: () => Promise<void>;
}

/** As {@link startTwoNodes}, with all that belongs to them, and with more settings: of both, and of the first. */
export function startLinkedNodes(
  config: Partial<ParleyServerConfig> = {},
  ofFirst: Partial<ParleyServerConfig> = {},
): Promise<LinkedNodes<FakeMediaRouter>> {
  return startNodesWith(() => new FakeMediaRouter(), config, ofFirst);
}

/** As {@link startLinkedNodes}, with media routers of your choice. */
export async function startNodesWith<Router extends MediaRouter>(
  createRouter: () => Router,
  config: Partial<ParleyServerConfig> = {},
  ofFirst: Partial<ParleyServerConfig> = {},
): Promise<LinkedNodes<Router>> {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  const link = await startHoldableLink(redis.port);
  const routers = [createRouter(), createRouter()] as const;
  const start = async (
    redisUrl: string,
    mediaRouter: Router,
    more: Partial<ParleyServerConfig> = {},
  ): Promise<[ParleyServer, string]> => {
    const port = await freePort();
    const nodeUrl = `http://127.0.0.1:${port}`;
    const server = await createParleyServer(
      {
        port,
        rateLimits: 'off',
        clients: [{ id: 'desk', secret: 'secret', roles: ['SERVICE', 'AGENT'] }],
        cluster: { redisUrl, nodeUrl, leaseMs: 10_000 },
        ...config,
        ...more,
      },
      { mediaRouter },
    );
    onTestFinished(() => server.close());
    return [server, (await server.listen()).url];
  };
  const [server, first] = await start(redis.url, routers[0], ofFirst);
  const [other, second] = await start(`redis://127.0.0.1:${link.port}`, routers[1]);
  const desk = await logIn(first);
  return {
    redis,
    link,
    desks: [desk, desk.at(second)],
    routers,
    closeFirst: () => server.close(),
    closeSecond: () => other.close(),
  };
}

/** How long a node may be silent in tests. */
export const testLeaseMs = 2_000;

const nodeProgram = new URL('node-program.ts', import.meta.url);

/** Starts nodes and their engine, which end with the test. */
export async function startCluster(
  count: number,
  variables: Readonly<Record<string, string>> = {},
): Promise<TestCluster> {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  return startNodes(count, redis, variables);
}

/** Starts nodes on an engine, which end with the test. */
export async function startNodes(
  count: number,
  redis: RedisEngine,
  variables: Readonly<Record<string, string>> = {},
): Promise<TestCluster> {
  const start = async (more: Readonly<Record<string, string>> = {}): Promise<TestNode> => {
    const program = await runNode(redis, { ...variables, ...more });
    return { url: await urlOf(program), program };
  };
  const nodes = await Promise.all(Array.from({ length: count }, () => start()));
  const desk = await logIn(nodes[0]?.url ?? '');
  return { redis, nodes, start, desk };
}

/** Starts the program of a node, which may refuse to start. */
export async function runNode(
  redis: Pick<RedisEngine, 'url'>,
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningProgram> {
  const port = await freePort();
  return runProgram(
    {
      PARLEY_PORT: String(port),
      PARLEY_REDIS_URL: redis.url,
      PARLEY_NODE_URL: `http://127.0.0.1:${port}`,
      PARLEY_NODE_LEASE_MS: String(testLeaseMs),
      PARLEY_CLIENTS: 'desk:secret:SERVICE+AGENT',
      PARLEY_RATE_LIMITS: 'off',
      ...variables,
    },
    [],
    nodeProgram,
  );
}

/** Logs the client `desk` in. */
async function logIn(url: string): Promise<Caller> {
  const response = await fetch(`${url}/security/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'desk',
      client_secret: 'secret',
    }),
  });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return new Caller(url, (await response.json()) as TokenResponse);
}
