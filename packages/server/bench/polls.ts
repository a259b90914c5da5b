// Measures the cost of waiting: 10,000 parked polls on one node, and one event for 1,000 readers, by poll and by push.
// Loopback only; the readers run in their own process. Prints a table and writes bench-results/polls.json.
// Run by `pnpm bench:polls [polls]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  cpuSeconds,
  memoryEach,
  quantile,
  requireFileDescriptors,
  restingMemory,
  round,
  untilQuiet,
} from './measuring.ts';
import type { Command, Outcome } from './protocol.ts';
import { withServer } from './with-server.ts';

const polls = Number(process.argv[2] ?? 10_000);
const pollsPerConference = 4;
const fanOut = Math.min(1_000, polls);
const wakes = 500;
const fanOutEvents = 20;

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

function figuresOf({ latenciesMs, roundTripsMs }: Outcome): Record<string, number> {
  return {
    'round trip p50 (ms)': round(quantile(roundTripsMs, 0.5)),
    'wake-up p50 (ms)': round(quantile(latenciesMs, 0.5)),
    'wake-up p99 (ms)': round(quantile(latenciesMs, 0.99)),
  };
}
