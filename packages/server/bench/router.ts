// Measures the media router: packets delivered per second of one core, memory per peer, loop delay; and the same load
// through Debian's Janus VideoRoom in the same run, as a ratio. Audio, RTCP, retransmissions and, where stated,
// simulcast are on; every packet at every viewer counts. Uses only this machine's addresses. Prints a table and writes
// bench-results/router.json, in which scenarios that do not run this time stay. Linux only.
// Run by `pnpm bench:router [seconds] [pattern of the scenarios' names] [--profile] [--transports]`; with --profile, it also
// prints where our router spends the time of its JavaScript thread; with --transports, it compares our two transports and
// leaves Janus out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanup } from 'node-datachannel';
import { ensureNativeTransport } from '../native/build.ts';
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
  options: {
    profile: { type: 'boolean', default: false },
    transports: { type: 'boolean', default: false },
  },
});
const [secondsText = '8', wantedText = ''] = positionals;
const wanted = new RegExp(wantedText);
const seconds = Number(secondsText);
const withJanus = !values.transports && hasJanus();
if (values.transports) ensureNativeTransport();

const rows: Record<string, object> = {};
/** Janus runs each load once. */
const janusByLoad = new Map<string, LoadFigures>();
for (const scenario of scenarios.filter(({ name }) => wanted.test(name))) {
  const parley = await measureParley(scenario);
  rows[`${scenario.name}: parley`] = parley;
  if (values.transports) {
    const native = await measureParley({ ...scenario, setUp: { ...scenario.setUp, transport: 'native' } });
    rows[`${scenario.name}: native`] = native;
    rows[`${scenario.name}: native / parley`] = ratioOf(native, parley);
  }
  if (!withJanus) continue;
  const janus = await measureJanus(scenario);
  rows[`${scenario.name}: janus`] = janus;
  rows[`${scenario.name}: ratio`] = ratioOf(parley, janus);
}
console.table(rows);
mkdirSync('bench-results', { recursive: true });
const former = existsSync(resultFile) ? (JSON.parse(readFileSync(resultFile, 'utf8')) as Results).rows : {};
const results: Results = { node: process.version, seconds, rows: { ...former, ...rows } };
writeFileSync(resultFile, `${JSON.stringify(results, null, 2)}\n`);
cleanup();

function ratioOf(one: LoadFigures, other: LoadFigures): object {
  // A router that drops most of the load does different work, and less of it.
  if (Math.min(one.deliveredPercent, other.deliveredPercent) < leastComparablePercent) return {};
  return { packetsPerCoreSecond: Number((one.packetsPerCoreSecond / other.packetsPerCoreSecond).toFixed(2)) };
}

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
