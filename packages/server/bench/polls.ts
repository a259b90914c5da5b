// Measures the cost of waiting: 10,000 parked polls on one node, and one event for 1,000 readers, by poll and by push.
// Loopback only; the readers run in their own process. Prints a table and writes bench-results/polls.json.
// Run by `pnpm bench:polls [polls]`.
import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FakeMediaRouter } from '../src/media/testing/fake-media-router.ts';
import { createParleyServer } from '../src/parley-server.ts';
import type { Command, Order, Outcome } from './protocol.ts';

const polls = Number(process.argv[2] ?? 10_000);
const pollsPerConference = 4;
const fanOut = Math.min(1_000, polls);
const wakes = 500;
const fanOutEvents = 20;
/** Longer than the benchmark, so that parked polls stay parked. */
const pollTimeoutMs = 10 * 60_000;
const client = { id: 'bench', secret: 'bench', roles: ['SERVICE'] } as const;

requireFileDescriptors(polls + 200);

const rows = [await measureParked(), await measureFanOut('poll'), await measureFanOut('push')];
console.table(Object.fromEntries(rows.map(({ what, ...figures }) => [what, figures])));
mkdirSync('bench-results', { recursive: true });
writeFileSync('bench-results/polls.json', `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`);
// Idle connections to the last server would keep the process alive for a while.
process.exit();

interface Row {
  readonly what: string;
  readonly [figure: string]: number | string | undefined;
}

/** Many conferences with a few readers each, as on a busy node: their memory, and their wake-up time. */
async function measureParked(): Promise<Row> {
  return withServer(async ({ createConference, order }) => {
    const count = Math.ceil(polls / pollsPerConference);
    const conferences: Command[] = [];
    for (let index = 0; index < count; index += 1)
      conferences.push(await createConference(pollsPerConference));
    const readers = conferences.flatMap(({ conferenceId }) =>
      Array.from({ length: pollsPerConference }, () => ({ conferenceId, version: 1 })),
    );
    await untilQuiet();
    const before = restingMemory();
    const cpuBefore = process.cpuUsage();
    await order({ do: 'park', kind: 'poll', readers });
    await untilQuiet();
    const parkingSeconds = cpuSeconds(cpuBefore);
    const memory = memoryEach(before, readers.length);

    const idleBefore = process.cpuUsage();
    await sleep(5_000);
    const idlePercent = (cpuSeconds(idleBefore) / 5) * 100;
    const wakeBefore = process.cpuUsage();
    const commands = conferences.slice(0, wakes);
    const outcome = await order({ do: 'wake', commands, pauseMs: 5 });
    return {
      what: `${readers.length} polls parked in ${count} conferences`,
      ...memory,
      'CPU to park all (s)': round(parkingSeconds),
      'CPU while parked (%)': round(idlePercent),
      ...figuresOf(outcome),
      'CPU per event (ms)': round((cpuSeconds(wakeBefore) / commands.length) * 1000),
    };
  });
}

/** One conference with very many readers. */
async function measureFanOut(kind: 'poll' | 'push'): Promise<Row> {
  return withServer(async ({ createConference, order }) => {
    const conference = await createConference(fanOut);
    const readers = Array.from({ length: fanOut }, () => ({
      conferenceId: conference.conferenceId,
      version: 1,
    }));
    await untilQuiet();
    const before = restingMemory();
    const cpuBefore = process.cpuUsage();
    await order({ do: 'park', kind, readers });
    await untilQuiet();
    const parkingSeconds = cpuSeconds(cpuBefore);
    const memory = memoryEach(before, fanOut);
    const wakeBefore = process.cpuUsage();
    const outcome = await order({
      do: 'wake',
      commands: Array.from({ length: fanOutEvents }, () => conference),
      pauseMs: 200,
    });
    return {
      what: `one conference, ${fanOut} readers by ${kind}`,
      ...memory,
      'CPU to park all (s)': round(parkingSeconds),
      ...figuresOf(outcome),
      'last reader p50 (ms)': round(quantile(outcome.lastMs, 0.5)),
      'CPU per event (ms)': round((cpuSeconds(wakeBefore) / fanOutEvents) * 1000),
    };
  });
}

interface Bench {
  /** A conference with one participant, at version 1. */
  readonly createConference: (readers: number) => Promise<Command>;
  readonly order: (order: Order) => Promise<Outcome>;
}

async function withServer(measure: (bench: Bench) => Promise<Row>): Promise<Row> {
  const server = await createParleyServer(
    // One user opens all polls here, which the limits are designed to prevent.
    {
      port: 0,
      clients: [client],
      pollTimeoutMs,
      accessTokenSeconds: 3_600,
      rateLimits: 'off',
      limits: { endpointsPerUser: 100_000 },
    },
    { mediaRouter: new FakeMediaRouter() },
  );
  const { url } = await server.listen();
  const token = await login(url);
  const child = fork(fileURLToPath(new URL('polls-client.ts', import.meta.url)), [url, token]);
  const order = async (one: Order): Promise<Outcome> => {
    child.send(one);
    return outcomeOf(child);
  };
  const post = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${url}/rtc-api/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const createConference = async (readers: number): Promise<Command> => {
    const { id: conferenceId } = (await post('conferences/create', {})) as { id: string };
    const userEndpointId = (await post('users/endpoints', { keepAliveSeconds: 86_400 })) as string;
    await post('conferences/join', { conferenceId, userEndpointId });
    return { conferenceId, userEndpointId, readers };
  };
  try {
    return await measure({ createConference, order });
  } finally {
    if (child.exitCode === null) await order({ do: 'hang up' });
    child.kill();
    await server.close();
  }
}

async function login(url: string): Promise<string> {
  const response = await fetch(`${url}/security/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const failed = once(child, 'exit').then(() => {
    throw new Error('The client process ended early; see above.');
  });
  const [outcome] = (await Promise.race([once(child, 'message'), failed])) as [Outcome];
  failed.catch(() => {});
  return outcome;
}

/** Resolves once this process is almost idle. */
async function untilQuiet(): Promise<void> {
  for (;;) {
    const before = process.cpuUsage();
    await sleep(500);
    if (cpuSeconds(before) < 0.02) return;
  }
}

interface Memory {
  readonly rss: number;
  readonly heap: number;
}

function restingMemory(): Memory {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

/** RSS includes freed pages; the heap is what is really in use. */
function memoryEach(before: Memory, count: number): Record<string, number> {
  const { rss, heap } = restingMemory();
  return {
    'RSS each (kB)': round((rss - before.rss) / count / 1024),
    'heap each (kB)': round((heap - before.heap) / count / 1024),
  };
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function figuresOf({ latenciesMs, roundTripsMs }: Outcome): Record<string, number> {
  return {
    'round trip p50 (ms)': round(quantile(roundTripsMs, 0.5)),
    'wake-up p50 (ms)': round(quantile(latenciesMs, 0.5)),
    'wake-up p99 (ms)': round(quantile(latenciesMs, 0.99)),
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function requireFileDescriptors(needed: number): void {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });
  if (Number(stdout) < needed) {
    console.error(
      `This takes ${needed} file descriptors in each of two processes, and ${stdout.trim()} are allowed. Raise it with "ulimit -n ${needed}", or ask for fewer polls: pnpm bench:polls ${Math.max(0, Number(stdout) - 200)}`,
    );
    process.exit(1);
  }
}
