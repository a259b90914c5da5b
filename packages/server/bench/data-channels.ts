// Measures what a data channel of the media engine would give for fast data that may be lost (cursors, games), beside messages
// through the server, in one run: ten participants send 100 bytes to all others, 20 times a second. Relay and server are
// processes of their own; all participants share this one. Prints a table and writes bench-results/data-channels.json.
// Run by `pnpm bench:data-channels [seconds]`; for a lossy network, in a network namespace whose firewall drops packets.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PeerConnection } from 'node-datachannel';
import type { FromRelay, ProcessFacts, ToRelay } from './data-protocol.ts';

const seconds = Number(process.argv[2] ?? 15);
const participants = 10;
const perSecond = 20;
const payloadBytes = 100;
const idleConnections = 100;
const client = { id: 'bench', secret: 'bench' };

const rows = { 'data channels': await measureChannels(), messages: await measureMessages() };
console.table(rows);
mkdirSync('bench-results', { recursive: true });
writeFileSync(
  'bench-results/data-channels.json',
  `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`,
);
// Idle connections would keep the process alive for a while.
process.exit();

/** Sends the time of sending to all others. */
type Send = () => void;

async function measureChannels() {
  const relay = fork(new URL('data-relay.ts', import.meta.url), { stdio: 'inherit' });
  relay.setMaxListeners(2 * idleConnections);
  /** What has no reference would be collected, and never open. */
  const kept: unknown[] = [];
  const latenciesMs: number[] = [];
  const openedMs: number[] = [];
  const open = (id: number): Promise<Send> =>
    new Promise((resolve) => {
      const startedMs = performance.now();
      const connection = new PeerConnection(`client ${id}`, { iceServers: [], bindAddress: '127.0.0.1' });
      const candidates: string[] = [];
      relay.on('message', (told: FromRelay) => {
        if (told.id !== id) return;
        if (told.candidate !== undefined) candidates.push(told.candidate);
        if (told.answer !== undefined) connection.setRemoteDescription(told.answer, 'answer');
        // The engine takes none before the answer.
        if (!connection.remoteDescription()) return;
        for (const candidate of candidates.splice(0)) connection.addRemoteCandidate(candidate, '0');
      });
      connection.onLocalDescription((offer) => order(relay, { id, offer }));
      connection.onLocalCandidate((candidate) => order(relay, { id, candidate }));
      const channel = connection.createDataChannel('lossy', { unordered: true, maxRetransmits: 0 });
      kept.push(connection, channel);
      channel.onMessage((payload) => {
        latenciesMs.push(performance.now() - (payload as Buffer).readDoubleLE());
      });
      channel.onOpen(() => {
        openedMs.push(performance.now() - startedMs);
        resolve(() => {
          const payload = Buffer.alloc(payloadBytes);
          payload.writeDoubleLE(performance.now());
          channel.sendMessageBinary(payload);
        });
      });
    });
  const facts = (): Promise<ProcessFacts> => {
    order(relay, { id: -1, asksForFacts: true });
    return factsOf(relay);
  };
  const senders: Send[] = [];
  for (let id = 0; id < participants; id += 1) senders.push(await open(id));
  const figures = await measureLoad(senders, latenciesMs, async () => (await facts()).cpuMs);
  const before = await facts();
  for (let id = 0; id < idleConnections; id += 1) await open(participants + id);
  const { memoryBytes } = await facts();
  relay.disconnect();
  kept.length = 0;
  return {
    ...figures,
    'open p50 (ms)': round(quantile(openedMs, 0.5)),
    'memory per participant (kB)': round((memoryBytes - before.memoryBytes) / idleConnections / 1_000),
  };
}

async function measureMessages() {
  const server = fork(new URL('../src/main.ts', import.meta.url), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PARLEY_PORT: '0',
      PARLEY_RATE_LIMITS: 'off',
      PARLEY_CLIENTS: `${client.id}:${client.secret}:SERVICE`,
    },
  });
  const url = await urlOf(server);
  const login = await fetch(`${url}/security/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
    }),
  });
  const { access_token: token } = (await login.json()) as { readonly access_token: string };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const call = (path: string, body: object) =>
    fetch(`${url}/rtc-api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const { id: conferenceId } = (await (await call('conferences/create', {})).json()) as {
    readonly id: string;
  };
  const latenciesMs: number[] = [];
  const enter = async (): Promise<Send> => {
    const registered = await call('users/endpoints', { keepAliveSeconds: 300 });
    const userEndpointId = (await registered.json()) as string;
    await call('conferences/join', { conferenceId, userEndpointId });
    const query = `v=0&messages=joined&userEndpointId=${userEndpointId}`;
    const push = await fetch(`${url}/rtc-api/conferences/${conferenceId}/push?${query}`, { headers });
    readTimes(push, latenciesMs).catch(() => {});
    let count = 0;
    return () => {
      const payload = `${performance.now()} ${'x'.repeat(payloadBytes - 20)}`;
      const messages = [{ id: String((count += 1)), topic: 'cursor', payload }];
      void call('conferences/sendMessages', { conferenceId, userEndpointId, messages });
    };
  };
  const senders: Send[] = [];
  while (senders.length < participants) senders.push(await enter());
  const figures = await measureLoad(senders, latenciesMs, () => Promise.resolve(cpuMsOf(server.pid)));
  server.kill('SIGKILL');
  return figures;
}

async function measureLoad(
  senders: readonly Send[],
  latenciesMs: readonly number[],
  cpuMs: () => Promise<number>,
) {
  const before = await cpuMs();
  const rounds = seconds * perSecond;
  await Promise.all(
    senders.map(async (send, index) => {
      await sleep((index * 1_000) / perSecond / senders.length);
      for (let round = 0; round < rounds; round += 1) {
        send();
        await sleep(1_000 / perSecond);
      }
    }),
  );
  // What is late still counts.
  await sleep(2_000);
  const deliveries = senders.length * rounds * (senders.length - 1);
  return {
    'delivered (%)': round((latenciesMs.length / deliveries) * 100),
    'received p50 (ms)': round(quantile(latenciesMs, 0.5)),
    'received p99 (ms)': round(quantile(latenciesMs, 0.99)),
    'CPU per 1,000 deliveries (ms)': round((((await cpuMs()) - before) / latenciesMs.length) * 1_000),
  };
}

/** Notes how long each message of a push took. */
async function readTimes(push: Response, latenciesMs: number[]): Promise<void> {
  let rest = '';
  for await (const text of push.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ')) continue;
      const { payload } = JSON.parse(line.slice('data: '.length)) as { readonly payload?: string };
      if (payload !== undefined) latenciesMs.push(performance.now() - Number.parseFloat(payload));
    }
  }
}

async function urlOf(server: ChildProcess): Promise<string> {
  let log = '';
  for (;;) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0];
    if (url !== undefined) return url;
    const [chunk] = (await once(server.stdout ?? server, 'data')) as [Buffer];
    log += chunk.toString();
  }
}

/** Linux counts in hundredths of a second. */
function cpuMsOf(pid: number | undefined): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function order(relay: ChildProcess, message: ToRelay): void {
  relay.send(message);
}

function factsOf(relay: ChildProcess): Promise<ProcessFacts> {
  return new Promise((resolve) => {
    const take = ({ facts }: FromRelay): void => {
      if (!facts) return;
      relay.off('message', take);
      resolve(facts);
    };
    relay.on('message', take);
  });
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
