// Measures the processor time of a recorded stream, beside forwarding the same stream to one viewer, in one run: the server
// receives the same publishers (30 frames of 4 packets and 50 audio packets per second each) with nobody there, with a viewer
// each, and with a recording. What nobody costs is subtracted from both. Rounds take turns, so that a busy moment of the machine
// hits all. Prints a table and writes bench-results/recording.json. Linux only.
// Run by `pnpm bench:recording [seconds] [rounds] [publishers]`.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanup } from 'node-datachannel';
import { Load } from './router/load.ts';
import { startParley } from './router/parley-under-load.ts';
import { usageOf } from './router/process-usage.ts';
import { scenarios } from './router/scenarios.ts';

/** Just-in-time compilers need time to optimize hot code. */
const warmUpMs = 6_000;
const modes = ['nobody', 'viewer', 'recording'] as const;
type Mode = (typeof modes)[number];

const [secondsText = '8', roundsText = '3', publishersText = '20'] = process.argv.slice(2);
const [seconds, rounds, publishers] = [Number(secondsText), Number(roundsText), Number(publishersText)];

const measured: Record<Mode, number[]> = { nobody: [], viewer: [], recording: [] };
const bytesPerSecond: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  for (const mode of modes) {
    process.stderr.write(`round ${round + 1}: ${mode} ...\n`);
    const ms = await measure(mode);
    process.stderr.write(`  ${ms.toFixed(2)} ms per stream and second\n`);
    measured[mode].push(ms);
  }
}

const own = (mode: Mode): number[] =>
  measured[mode].map((ms, round) => ms - (measured.nobody[round] ?? 0)).toSorted((a, b) => a - b);
const [viewer, recording] = [own('viewer'), own('recording')];
const ratios = measured.recording
  .map((_, round) => own1('recording', round) / own1('viewer', round))
  .toSorted((a, b) => a - b);
const rows = {
  'receiving alone': describe(measured.nobody.toSorted((a, b) => a - b)),
  'forwarding to one viewer': describe(viewer),
  recording: describe(recording),
};
console.table(rows);
console.log(
  `recording : forwarding = ${median(ratios).toFixed(2)} (${ratios.map((one) => one.toFixed(2)).join(', ')})`,
);
console.log(
  `written: ${Math.round(median(bytesPerSecond.toSorted((a, b) => a - b)) / 1_000)} kB/s and stream`,
);
mkdirSync('bench-results', { recursive: true });
const results = { node: process.version, seconds, rounds, publishers, rows, ratios, bytesPerSecond };
writeFileSync('bench-results/recording.json', `${JSON.stringify(results, null, 2)}\n`);
cleanup();

function own1(mode: Mode, round: number): number {
  return (measured[mode][round] ?? 0) - (measured.nobody[round] ?? 0);
}

function describe(sorted: readonly number[]): object {
  return {
    'ms per stream and second': rounded(median(sorted)),
    least: rounded(sorted[0]),
    most: rounded(sorted.at(-1)),
  };
}

function rounded(value = 0): number {
  return Number(value.toFixed(2));
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds of processor time of the server for each stream and second. */
async function measure(mode: Mode): Promise<number> {
  const [scenario] = scenarios;
  if (!scenario) throw new Error('There is no scenario.');
  const recordingDir = mkdtempSync(join(tmpdir(), 'bench-recording-'));
  const server = await startParley({ recordingDir });
  const load = new Load({ ...scenario, publishers }, server);
  try {
    for (let index = 0; index < publishers; index += 1) {
      const streamId = await load.publish();
      if (mode === 'viewer') await load.view(streamId, 1);
    }
    load.start();
    if (mode === 'recording') await server.record();
    await sleep(warmUpMs);
    const before = {
      cpu: usageOf(server.pids).cpuSeconds,
      ms: performance.now(),
      bytes: bytesIn(recordingDir),
    };
    await sleep(seconds * 1_000);
    const elapsedSeconds = (performance.now() - before.ms) / 1_000;
    const cpuSeconds = usageOf(server.pids).cpuSeconds - before.cpu;
    if (mode === 'recording') {
      const written = bytesIn(recordingDir) - before.bytes;
      if (written === 0) throw new Error('Nothing was recorded.');
      bytesPerSecond.push(written / elapsedSeconds / publishers);
    }
    return (1_000 * cpuSeconds) / elapsedSeconds / publishers;
  } finally {
    load.close();
    await server.close();
    rmSync(recordingDir, { recursive: true });
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
