// What the media router costs: packets delivered per second of one core, memory per connection, loop delay; and the
// same load through Debian's Janus VideoRoom in the same run, as a ratio. Loopback only. Every packet at every viewer
// is counted. Prints a table and writes bench-results/router.json. Run by `pnpm bench:router [seconds] [scenario]`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanup } from 'node-datachannel';
import { seededRandom } from '../src/testing/seeded-random.ts';
import { startJanus } from './router/janus-under-load.ts';
import { publishedFormat } from './router/load-offers.ts';
import type { LoadPeer } from './router/load-peer.ts';
import { LoadPublisher, type LoadLayer } from './router/load-publisher.ts';
import { LoadViewer } from './router/load-viewer.ts';
import { startParley } from './router/parley-under-load.ts';
import { usageOf } from './router/process-usage.ts';
import type { RouterUnderLoad } from './router/router-under-load.ts';

const seconds = Number(process.argv[2] ?? 8);
const wanted = process.argv[3];
const warmUpSeconds = 3;
const tickMs = 5;

interface Scenario {
  readonly name: string;
  readonly publishers: number;
  readonly viewersEach: number;
  readonly lossRatio: number;
  readonly layers: readonly LoadLayer[];
}

const single: readonly LoadLayer[] = [{ packetsPerFrame: 4 }];
const simulcast: readonly LoadLayer[] = [
  { rid: 'q', packetsPerFrame: 1 },
  { rid: 'h', packetsPerFrame: 2 },
  { rid: 'f', packetsPerFrame: 4 },
];

const scenarios: readonly Scenario[] = [
  { name: '1 to 25', publishers: 1, viewersEach: 25, lossRatio: 0, layers: single },
  { name: '1 to 50', publishers: 1, viewersEach: 50, lossRatio: 0, layers: single },
  { name: '1 to 50, 2 % loss', publishers: 1, viewersEach: 50, lossRatio: 0.02, layers: single },
  { name: '8 to 8', publishers: 8, viewersEach: 8, lossRatio: 0, layers: single },
  { name: '8 to 8, 2 % loss', publishers: 8, viewersEach: 8, lossRatio: 0.02, layers: single },
  { name: '1 to 25, simulcast', publishers: 1, viewersEach: 25, lossRatio: 0, layers: simulcast },
  {
    name: '1 to 25, simulcast, 2 % loss',
    publishers: 1,
    viewersEach: 25,
    lossRatio: 0.02,
    layers: simulcast,
  },
];

interface Figures {
  /** Media packets that reached viewers, per second of processor time. */
  readonly packetsPerCoreSecond: number;
  readonly deliveredPerSecond: number;
  /** Of what was sent to whom. Simulcast viewers get one of the layers, so nothing is expected there. */
  readonly deliveredPercent: number | undefined;
  readonly cpuPercent: number;
  readonly kilobytesPerConnection: number;
  readonly loopDelayP99Ms: number | undefined;
}

const routers: Readonly<Record<string, () => Promise<RouterUnderLoad>>> = {
  parley: startParley,
  ...(hasJanus() && { janus: startJanus }),
};

const rows: Record<string, object> = {};
for (const scenario of scenarios) {
  if (wanted !== undefined && !scenario.name.includes(wanted)) continue;
  const figures = new Map<string, Figures>();
  for (const [name, start] of Object.entries(routers)) {
    process.stderr.write(`${scenario.name}: ${name} ...\n`);
    const measured = await measure(scenario, start);
    figures.set(name, measured);
    rows[`${scenario.name}: ${name}`] = { ...measured };
  }
  const [parley, janus] = [figures.get('parley'), figures.get('janus')];
  if (parley && janus) {
    const ratio = parley.packetsPerCoreSecond / janus.packetsPerCoreSecond;
    rows[`${scenario.name}: ratio`] = { packetsPerCoreSecond: Number(ratio.toFixed(2)) };
  }
}
console.table(rows);
mkdirSync('bench-results', { recursive: true });
writeFileSync(
  'bench-results/router.json',
  `${JSON.stringify({ node: process.version, seconds, rows }, null, 2)}\n`,
);
cleanup();

async function measure(scenario: Scenario, start: () => Promise<RouterUnderLoad>): Promise<Figures> {
  const { lossRatio, layers } = scenario;
  const random = seededRandom(7);
  const router = await start();
  await sleep(500);
  const restingBytes = usageOf(router.pid).residentBytes;
  const peers: LoadPeer[] = [];
  const publishers: LoadPublisher[] = [];
  const viewers: LoadViewer[] = [];
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const one of publishers) one.tick(nowMs);
    for (const one of viewers) one.tick(nowMs);
  }, tickMs);

  for (let index = 0; index < scenario.publishers; index += 1) {
    const { streamId, peer, offer } = await router.publish(layers.length > 1);
    peers.push(peer);
    const options = { lossRatio, random };
    publishers.push(new LoadPublisher(peer, publishedFormat(offer), layers, options));
    for (let count = 0; count < scenario.viewersEach; count += 1) {
      const viewing = await router.view(streamId);
      peers.push(viewing.peer);
      viewers.push(new LoadViewer(viewing.peer, viewing.format, { lossRatio, random }));
    }
  }
  await sleep(warmUpSeconds * 1_000);

  const before = { usage: usageOf(router.pid), sent: total(publishers, sentOf), got: total(viewers, gotOf) };
  const startMs = performance.now();
  await sleep(seconds * 1_000);
  const elapsedSeconds = (performance.now() - startMs) / 1_000;
  const after = { usage: usageOf(router.pid), sent: total(publishers, sentOf), got: total(viewers, gotOf) };
  const loopDelayP99Ms = await router.loopDelayP99Ms();

  clearInterval(timer);
  for (const peer of peers) peer.close();
  await router.close();
  const cpuSeconds = after.usage.cpuSeconds - before.usage.cpuSeconds;
  const delivered = after.got - before.got;
  const expected = (after.sent - before.sent) * scenario.viewersEach;
  return {
    packetsPerCoreSecond: Math.round(delivered / cpuSeconds),
    deliveredPerSecond: Math.round(delivered / elapsedSeconds),
    deliveredPercent: layers.length > 1 ? undefined : Number(((delivered / expected) * 100).toFixed(2)),
    cpuPercent: Number(((cpuSeconds / elapsedSeconds) * 100).toFixed(1)),
    kilobytesPerConnection: Math.round((after.usage.residentBytes - restingBytes) / 1_024 / peers.length),
    loopDelayP99Ms: loopDelayP99Ms === undefined ? undefined : Number(loopDelayP99Ms.toFixed(1)),
  };
}

function sentOf({ sentPackets }: LoadPublisher): number {
  return sentPackets;
}

function gotOf({ packets }: LoadViewer): number {
  return packets;
}

function total<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0);
}

function hasJanus(): boolean {
  const isThere = spawnSync('which', ['janus']).status === 0;
  if (!isThere)
    process.stderr.write('Janus is not installed (apt-get install janus): measuring ours alone.\n');
  return isThere;
}
