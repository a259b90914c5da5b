// Measures events by MQTT beside events by push: memory of each client, time from a command to the event at each client, and
// deliveries that one core could make. Both in the same run and twice, each with a server of its own. Loopback only; the clients run
// in their own process. Prints a table and writes bench-results/mqtt.json. Run by `pnpm bench:mqtt [clients]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import {
  cpuSeconds,
  memoryEach,
  quantile,
  requireFileDescriptors,
  restingMemory,
  round,
  untilQuiet,
} from './measuring.ts';
import type { Command, Reader } from './protocol.ts';
import { withServer } from './with-server.ts';

const clients = Number(process.argv[2] ?? 2_000);
const clientsPerConference = 50;
const pacedCommands = 400;
const hurriedCommands = 2_000;
const rounds = 2;

type Kind = 'push' | 'mqtt';

requireFileDescriptors(clients + 200);

const measured: { readonly kind: Kind; readonly figures: Readonly<Record<string, number>> }[] = [];
for (let round = 0; round < rounds; round += 1) {
  for (const kind of ['push', 'mqtt'] as const) measured.push({ kind, figures: await measure(kind) });
}
const rows = {
  'push feeds': meanOf('push'),
  'MQTT clients': meanOf('mqtt'),
  ratio: ratioOf(meanOf('mqtt'), meanOf('push')),
};
console.table(rows);
mkdirSync('bench-results', { recursive: true });
writeFileSync(
  'bench-results/mqtt.json',
  `${JSON.stringify({ node: process.version, clients, rows, measured }, null, 2)}\n`,
);
// Idle connections to the last server would keep the process alive for a while.
process.exit();

/** Conferences of many participants, all of whom read: first with pauses, then as fast as the server can. */
async function measure(kind: Kind): Promise<Readonly<Record<string, number>>> {
  return withServer(async ({ createConference, join, order }) => {
    const conferences: Command[] = [];
    const readers: Reader[] = [];
    while (readers.length < clients) {
      const size = Math.min(clientsPerConference, clients - readers.length);
      const conference = await createConference(size);
      const { conferenceId, userEndpointId } = conference;
      const endpointIds = [userEndpointId];
      while (endpointIds.length < size) endpointIds.push(await join(conferenceId));
      conferences.push(conference);
      readers.push(...endpointIds.map((endpointId) => ({ conferenceId, endpointId, version: size })));
    }
    await untilQuiet();
    const before = restingMemory();
    const cpuBefore = process.cpuUsage();
    await order({ do: 'park', kind, readers });
    await untilQuiet();
    const connectingMs = (cpuSeconds(cpuBefore) / clients) * 1_000;
    const memory = memoryEach(before, clients);
    const paced = await order({ do: 'wake', commands: take(conferences, pacedCommands), pauseMs: 10 });
    const hurriedBefore = process.cpuUsage();
    const commands = take(conferences, hurriedCommands);
    const hurried = await order({ do: 'wake', commands, pauseMs: 0, isConcurrent: true });
    const cpu = cpuSeconds(hurriedBefore);
    const deliveries = commands.reduce((sum, { readers: count }) => sum + count, 0);
    if (hurried.latenciesMs.length !== deliveries) throw new Error('Some events did not arrive.');
    return {
      ...memory,
      'CPU to connect (ms)': round(connectingMs),
      'p50 (ms)': round(quantile(paced.latenciesMs, 0.5)),
      'p99 (ms)': round(quantile(paced.latenciesMs, 0.99)),
      'p50 in a hurry (ms)': round(quantile(hurried.latenciesMs, 0.5)),
      'p99 in a hurry (ms)': round(quantile(hurried.latenciesMs, 0.99)),
      'deliveries per core second': Math.round(deliveries / cpu),
    };
  });
}

function take(conferences: readonly Command[], count: number): readonly Command[] {
  return Array.from({ length: count }, (_, index) => conferences[index % conferences.length]).filter(
    (command) => command !== undefined,
  );
}

function meanOf(kind: Kind): Readonly<Record<string, number>> {
  const all = measured.filter((one) => one.kind === kind).map(({ figures }) => figures);
  const sums = new Map<string, number>();
  for (const figures of all) {
    for (const [name, value] of Object.entries(figures)) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, round(sum / all.length)]));
}

function ratioOf(
  figures: Readonly<Record<string, number>>,
  base: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, round(value / (base[name] ?? NaN))]),
  );
}
