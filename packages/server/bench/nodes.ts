// Measures nodes on an engine beside one server in memory, in the same run: the time from a command to its event at another node,
// commands per second in many conferences and in one, the hop to the node that has a stream, and what an event costs the engine.
// Everything runs on this machine: clients, nodes and engine share its cores, so more nodes than cores cannot be faster.
// Prints a table and writes bench-results/nodes.json. Run by `pnpm bench:nodes [conferences] [seconds]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as after } from 'node:timers/promises';
import { quantile, round } from './measuring.ts';
import { startNodes, type BenchNodes } from './start-nodes.ts';

const conferenceCount = Number(process.argv[2] ?? 2_000);
const seconds = Number(process.argv[3] ?? 5);
const pacedCommands = 300;
const hops = 200;
const inFlight = 64;
const hotInFlight = 8;

interface Place {
  readonly conferenceId: string;
  readonly userEndpointId: string;
}

type Ask = (url: string, path: string, body?: object) => Promise<unknown>;
type Figures = Record<string, number>;

const setups = { 'one server in memory': 0, '1 node': 1, '2 nodes': 2, '3 nodes': 3 } as const;
const rows: Record<string, Figures> = {};
for (const [name, count] of Object.entries(setups)) rows[name] = await measure(count);
const base = rows['one server in memory'] ?? {};
for (const [name, figures] of Object.entries(rows)) rows[name] = { ...figures, ...ratiosOf(figures, base) };
console.table(rows);
mkdirSync('bench-results', { recursive: true });
const machine = { node: process.version, cores: availableParallelism(), cpu: cpus()[0]?.model };
writeFileSync(
  'bench-results/nodes.json',
  `${JSON.stringify({ ...machine, conferenceCount, seconds, rows }, null, 2)}\n`,
);
// Idle connections would keep the process alive for a while.
process.exit();

async function measure(count: number): Promise<Figures> {
  const nodes = await startNodes(count);
  try {
    const ask = await callerOf(nodes);
    const [first = '', second = first] = nodes.urls;
    const latenciesMs = await commandToEvent(ask, first, second);
    const hop = count > 1 ? await ownerHop(ask, first, second) : {};
    const places = await pooled(inFlight, conferenceCount, (index) =>
      openConference(ask, nodes.urls[index % nodes.urls.length] ?? ''),
    );
    const many = await commandsPerSecond(nodes, ask, places, inFlight);
    const hot = await commandsPerSecond(nodes, ask, places.slice(0, 1), hotInFlight);
    return {
      'event p50 (ms)': round(quantile(latenciesMs, 0.5)),
      'event p99 (ms)': round(quantile(latenciesMs, 0.99)),
      'commands/s, many conferences': Math.round(many.perSecond),
      'commands/s, one conference': Math.round(hot.perSecond),
      ...hop,
      ...many.engine,
    };
  } finally {
    await nodes.close();
  }
}

async function callerOf({ urls: [url = ''] }: BenchNodes): Promise<Ask> {
  const form = { grant_type: 'client_credentials', client_id: 'bench', client_secret: 'bench' };
  const login = await fetch(`${url}/security/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const { access_token: token } = (await login.json()) as { readonly access_token: string };
  return async (at, path, body) => {
    const response = await fetch(`${at}/rtc-api/${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
}

async function openConference(ask: Ask, url: string): Promise<Place> {
  const { id: conferenceId } = (await ask(url, 'conferences/create', {})) as { readonly id: string };
  const userEndpointId = (await ask(url, 'users/endpoints', { keepAliveSeconds: 86_400 })) as string;
  await ask(url, 'conferences/join', { conferenceId, userEndpointId });
  return { conferenceId, userEndpointId };
}

function command({ conferenceId, userEndpointId }: Place, value: number): object {
  return { conferenceId, userEndpointId, operation: 'SET', key: 'count', value: String(value) };
}

/** Milliseconds from sending a command to one node until a poll at the other has its event. */
async function commandToEvent(ask: Ask, from: string, to: string): Promise<readonly number[]> {
  const place = await openConference(ask, from);
  const latenciesMs: number[] = [];
  for (let version = 1; version <= pacedCommands; version += 1) {
    const poll = ask(to, `conferences/${place.conferenceId}/events?v=${version}`);
    await after(10);
    const sentAtMs = performance.now();
    const sending = ask(from, 'conferences/updateMetadata', command(place, version));
    await poll;
    latenciesMs.push(performance.now() - sentAtMs);
    await sending;
  }
  return latenciesMs;
}

/** What a view costs more when the node that is asked has to ask the node that has the stream. */
async function ownerHop(ask: Ask, owner: string, other: string): Promise<Figures> {
  const place = await openConference(ask, owner);
  const offer = { ...place, sdpOffer: 'v=0' };
  const publish = { ...offer, conferenceStreamType: 'MIC_AND_CAM' };
  const { streamId } = (await ask(owner, 'conferences/publishStream', publish)) as {
    readonly streamId: string;
  };
  const timesMs = { owner: [] as number[], other: [] as number[] };
  for (let hop = 0; hop < 2 * hops; hop += 1) {
    const [url, times] = hop % 2 === 0 ? [owner, timesMs.owner] : [other, timesMs.other];
    const startMs = performance.now();
    const view = (await ask(url, 'conferences/viewStream', { ...offer, streamId })) as {
      readonly viewerId: string;
    };
    times.push(performance.now() - startMs);
    await ask(owner, 'conferences/stopViewStream', { ...place, streamId, viewerId: view.viewerId });
  }
  return { 'owner hop p50 (ms)': round(quantile(timesMs.other, 0.5) - quantile(timesMs.owner, 0.5)) };
}

/** Sends commands to all nodes in turn for some seconds, with this many in flight. */
async function commandsPerSecond(
  { urls, redis }: BenchNodes,
  ask: Ask,
  places: readonly Place[],
  atOnce: number,
): Promise<{ readonly perSecond: number; readonly engine: Figures }> {
  const before = redis && (await engineFacts(redis));
  const startMs = performance.now();
  let sent = 0;
  const work = async (): Promise<void> => {
    while (performance.now() - startMs < seconds * 1_000) {
      sent += 1;
      const place = places[sent % places.length];
      if (!place) throw new Error('There is no conference.');
      await ask(urls[sent % urls.length] ?? '', 'conferences/updateMetadata', command(place, sent));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const perSecond = sent / ((performance.now() - startMs) / 1_000);
  const now = redis && (await engineFacts(redis));
  if (!before || !now) return { perSecond, engine: {} };
  return {
    perSecond,
    engine: {
      'engine CPU per event (µs)': round(((now.cpuSeconds - before.cpuSeconds) / sent) * 1e6),
      'engine bytes per event': Math.round((now.bytes - before.bytes) / sent),
    },
  };
}

async function engineFacts(redis: NonNullable<BenchNodes['redis']>): Promise<{
  readonly cpuSeconds: number;
  readonly bytes: number;
}> {
  const info = String(await redis.send('INFO'));
  const fact = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? NaN);
  return { cpuSeconds: fact('used_cpu_sys') + fact('used_cpu_user'), bytes: fact('used_memory') };
}

async function pooled<Result>(
  atOnce: number,
  count: number,
  work: (index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) results.push(await work((next += 1)));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
  return results;
}

function ratiosOf(figures: Figures, base: Figures): Figures {
  const name = 'commands/s, many conferences';
  const hot = 'commands/s, one conference';
  return {
    'ratio, many': round((figures[name] ?? NaN) / (base[name] ?? NaN)),
    'ratio, one': round((figures[hot] ?? NaN) / (base[hot] ?? NaN)),
  };
}
