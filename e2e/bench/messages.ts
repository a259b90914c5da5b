// Measures messages between participants through the SDK in Node: the time from `send` to the event `message`, beside bare HTTP
// round trips to the same server in between, and whether all of many messages arrive while connections break at random. The
// server is a process of its own with a data folder; all participants share this process and receive by push.
// Prints tables and writes bench-results/messages.json. Run by `pnpm bench:messages [messages]`; to repeat a run's breaks, set
// PARLEY_SEED.
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Conference, redeemTicket } from '@parley-rtc/sdk';
import { OwnServer } from '../support/own-server.ts';
import { randomFrom } from '../support/seeded-random.ts';
import { forwardTcp } from '../support/tcp-forwarder.ts';

const lasting = Number(process.argv[2] ?? 10_000);
const seed = Number(process.env['PARLEY_SEED'] ?? Date.now() % 100_000);
const random = randomFrom(seed);
const bareTrips = 5;

interface Invitation {
  readonly server: string;
  readonly ticket: string;
  readonly conferenceId: string;
}

const latencies = [
  await measureLatency({ senders: 1, others: 200, rounds: 100, pauseMs: 100 }),
  await measureLatency({ senders: 50, others: 0, rounds: 20, pauseMs: 1_000 }),
];
console.table(Object.fromEntries(latencies.map(({ what, ...figures }) => [what, figures])));
const reconnecting = await measureReconnects({ senders: 4, receivers: 10, messages: lasting });
console.table(reconnecting);
mkdirSync('bench-results', { recursive: true });
writeFileSync(
  'bench-results/messages.json',
  `${JSON.stringify({ node: process.version, seed, latencies, reconnecting }, null, 2)}\n`,
);
// Idle connections would keep the process alive for a while.
const { lost, duplicated, outOfOrder, reconnects } = reconnecting;
process.exit(reconnects > 0 && lost + duplicated + outOfOrder === 0 ? 0 : 1);

interface Load {
  readonly senders: number;
  /** Participants who only receive. */
  readonly others: number;
  readonly rounds: number;
  /** In each round, every sender sends one message, spread over this time. */
  readonly pauseMs: number;
}

/** Each message has the time at which it was sent as its content. Before each round, some bare round trips. */
async function measureLatency({ senders, others, rounds, pauseMs }: Load) {
  const { server, invitation } = await startServer();
  const people = await joinAll(invitation, senders + others);
  const latenciesMs: number[] = [];
  for (const person of people) {
    person.on('message', ({ payload }) => {
      latenciesMs.push(performance.now() - Number(payload));
    });
  }
  const sending = people.slice(0, senders);
  const roundTripsMs: number[] = [];
  const confirmedMs: number[] = [];
  const send = async (person: Conference) => {
    const sentMs = performance.now();
    await person.send('time', sentMs);
    confirmedMs.push(performance.now() - sentMs);
  };
  // The first ones load code and open connections.
  await Promise.all(sending.map((person) => person.send('time', performance.now())));
  const each = people.length - 1;
  await until(() => latenciesMs.length === senders * each);
  latenciesMs.length = 0;
  await bareRoundTrip(server.url);
  for (let round = 0; round < rounds; round += 1) {
    for (let trip = 0; trip < bareTrips; trip += 1) {
      roundTripsMs.push(await bareRoundTrip(server.url));
      // As long as between two messages of the slower load, because immediate repetitions are faster.
      await sleep(20);
    }
    await Promise.all(
      sending.map(async (person, index) => {
        await sleep((index / senders) * pauseMs);
        await send(person);
      }),
    );
    await sleep(pauseMs / senders);
  }
  const deliveries = rounds * senders * each;
  await until(() => latenciesMs.length >= deliveries);
  await Promise.all(people.map((person) => person.leave()));
  await server.close();
  const [p50, p99] = [quantile(latenciesMs, 0.5), quantile(latenciesMs, 0.99)];
  const [bareP50, bareP99] = [quantile(roundTripsMs, 0.5), quantile(roundTripsMs, 0.99)];
  return {
    what: senders === 1 ? `1 sender to ${others} receivers` : `${senders} to ${senders}`,
    deliveries,
    'bare round trip p50 (ms)': round2(bareP50),
    'bare round trip p99 (ms)': round2(bareP99),
    'confirmed p50 (ms)': round2(quantile(confirmedMs, 0.5)),
    'received p50 (ms)': round2(p50),
    'received p99 (ms)': round2(p99),
    'ratio p50': round2(p50 / bareP50),
    'ratio p99': round2(p99 / bareP99),
  };
}

interface Endurance {
  readonly senders: number;
  readonly receivers: number;
  readonly messages: number;
}

/** The receivers' connections pass a forwarder that breaks one of them every 50 ms, again and again. */
async function measureReconnects({ senders, receivers, messages }: Endurance) {
  const { server, invitation } = await startServer();
  const open = new Set<Socket>();
  const path = await forwardTcp('127.0.0.1', Number(new URL(server.url).port), (_bytes, from) => {
    if (!open.has(from)) from.on('close', () => open.delete(from));
    open.add(from);
  });
  const sending = await joinAll(invitation, senders);
  const receiving = await joinAll({ ...invitation, server: `http://127.0.0.1:${path.port}` }, receivers);
  const ids = new Set(sending.map(({ endpointId }) => endpointId));
  const received = receiving.map((person) => {
    const bySender = new Map<string, number[]>();
    person.on('message', ({ from, payload }) => {
      const numbers = bySender.get(from.endpointId) ?? [];
      numbers.push(Number(payload));
      bySender.set(from.endpointId, numbers);
    });
    return bySender;
  });
  let reconnects = 0;
  for (const person of receiving) {
    person.on('connection-changed', ({ connection }) => {
      if (connection === 'reconnecting') reconnects += 1;
    });
  }
  let broken = 0;
  const breaking = setInterval(() => {
    const socket = [...open][Math.floor(random() * open.size)];
    if (!socket) return;
    socket.destroy();
    broken += 1;
  }, 50);
  const startedMs = performance.now();
  const each = messages / senders;
  await Promise.all(
    sending.map(async (person) => {
      for (let first = 0; first < each; first += 10) {
        const count = Math.min(10, each - first);
        await Promise.all(
          Array.from({ length: count }, (_, index) =>
            person.send('count', first + index, { timeoutMs: Infinity }),
          ),
        );
        await sleep(20);
      }
    }),
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  clearInterval(breaking);
  // A last message of each sender arrives after all others.
  await Promise.all(sending.map((person) => person.send('count', -1)));
  await until(() => received.every((from) => [...ids].every((id) => from.get(id)?.at(-1) === -1)));
  const lists = received.flatMap((from) => [...from.values()].map((numbers) => numbers.slice(0, -1)));
  const distinct = lists.map((numbers) => new Set(numbers).size);
  const result = {
    messages,
    receivers,
    deliveries: lists.reduce((sum, { length }) => sum + length, 0),
    seconds: round2(seconds),
    brokenConnections: broken,
    reconnects,
    lost: messages * receivers - distinct.reduce((sum, size) => sum + size, 0),
    duplicated: lists.reduce((sum, { length }, index) => sum + length - (distinct[index] ?? 0), 0),
    outOfOrder: lists.flatMap((numbers) => numbers.filter((number, at) => number < (numbers[at - 1] ?? 0)))
      .length,
  };
  await Promise.all([...sending, ...receiving].map((person) => person.leave()));
  await path.close();
  await server.close();
  return result;
}

async function startServer(): Promise<{ server: OwnServer; invitation: Invitation }> {
  // All participants share one address.
  const server = await OwnServer.start({ PARLEY_RATE_LIMITS: 'off' });
  return { server, invitation: await server.openConference() };
}

/** A few at a time, as people do. */
async function joinAll({ ticket, ...place }: Invitation, count: number): Promise<readonly Conference[]> {
  const people: Conference[] = [];
  while (people.length < count) {
    const some = Array.from({ length: Math.min(10, count - people.length) }, async () => {
      const { token } = await redeemTicket({ server: place.server, ticket });
      return Conference.join({ ...place, token });
    });
    people.push(...(await Promise.all(some)));
  }
  return people;
}

async function bareRoundTrip(url: string): Promise<number> {
  const startedMs = performance.now();
  await (await fetch(`${url}/healthz`)).text();
  return performance.now() - startedMs;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
