// Measures the media router: packets delivered per second of one core, memory per peer, loop delay; and the same load
// through Debian's Janus VideoRoom in the same run, as a ratio. Audio, RTCP, retransmissions and, where stated,
// simulcast are on; every packet at every viewer counts. Uses only this machine's addresses. Prints a table and writes
// bench-results/router.json, in which scenarios that do not run this time stay. Linux only.
// Run by `pnpm bench:router [seconds] [part of the scenarios' names] [--profile]`; with --profile, it also prints
// where our router spends the time of its JavaScript thread.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanup } from 'node-datachannel';
import { startJanus } from './router/janus-under-load.ts';
import { measureLoad, type LoadFigures } from './router/measure-load.ts';
import { startParley } from './router/parley-under-load.ts';
import { profileTable } from './router/profile-table.ts';
import { scenarios, type Scenario } from './router/scenarios.ts';

const resultFile = 'bench-results/router.json';
const leastComparablePercent = 90;

interface Results {
  readonly node: string;
  readonly seconds: number;
  readonly rows: Record<string, object>;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { profile: { type: 'boolean', default: false } },
});
const [secondsText = '8', wanted = ''] = positionals;
const seconds = Number(secondsText);
const withJanus = hasJanus();

const rows: Record<string, object> = {};
/** Janus runs each load once. */
const janusByLoad = new Map<string, LoadFigures>();
for (const scenario of scenarios.filter(({ name }) => name.includes(wanted))) {
  const parley = await measureParley(scenario);
  rows[`${scenario.name}: parley`] = parley;
  if (!withJanus) continue;
  const janus = await measureJanus(scenario);
  rows[`${scenario.name}: janus`] = janus;
  // A router that drops most of the load does different work, and less of it.
  if (Math.min(parley.deliveredPercent, janus.deliveredPercent) < leastComparablePercent) continue;
  const ratio = parley.packetsPerCoreSecond / janus.packetsPerCoreSecond;
  rows[`${scenario.name}: ratio`] = { packetsPerCoreSecond: Number(ratio.toFixed(2)) };
}
console.table(rows);
mkdirSync('bench-results', { recursive: true });
const former = existsSync(resultFile) ? (JSON.parse(readFileSync(resultFile, 'utf8')) as Results).rows : {};
const results: Results = { node: process.version, seconds, rows: { ...former, ...rows } };
writeFileSync(resultFile, `${JSON.stringify(results, null, 2)}\n`);
cleanup();

async function measureParley(scenario: Scenario): Promise<LoadFigures> {
  process.stderr.write(`${scenario.name}: parley ...\n`);
  const folder = values.profile ? mkdtempSync(join(tmpdir(), 'router-profile-')) : undefined;
  const figures = await measureLoad(scenario, await startParley(scenario.setUp, folder), seconds);
  if (folder !== undefined) {
    console.table(profileTable(folder, seconds));
    rmSync(folder, { recursive: true });
  }
  return figures;
}

async function measureJanus(scenario: Scenario): Promise<LoadFigures> {
  const { publishers, viewersEach, lossRatio, layers, hasFeedback } = scenario;
  const load = JSON.stringify([publishers, viewersEach, lossRatio, layers, hasFeedback]);
  const known = janusByLoad.get(load);
  if (known) return known;
  process.stderr.write(`${scenario.name}: janus ...\n`);
  const figures = await measureLoad(scenario, await startJanus(), seconds);
  janusByLoad.set(load, figures);
  return figures;
}

function hasJanus(): boolean {
  const isThere = spawnSync('which', ['janus']).status === 0;
  if (!isThere)
    process.stderr.write('Janus is not installed (apt-get install janus): measuring ours alone.\n');
  return isThere;
}
