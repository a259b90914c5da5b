// Measures the delay of a packet through the router: from one peer to another, both with real ICE, DTLS and SRTP over
// loopback, compared with two such peers connected directly at the same time. The difference is the router's share:
// its socket, decryption, routing, encryption and the second hop over loopback. Measured with one viewer, and with
// fifty more whose packets all leave before the measured one. Prints a table and writes bench-results/delay.json.
// Run by `pnpm bench:delay [seconds]`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cleanup } from 'node-datachannel';
import { farSideAt, NativePeer } from '../src/media/testing/native-peer.ts';
import { isRtcp } from '../src/media/wire/rtp-packet.ts';
import { seededRandom } from '../src/testing/seeded-random.ts';
import { publishedFormat } from './router/load-offers.ts';
import { AnsweringPeer, type LoadPeer } from './router/load-peer.ts';
import { LoadPublisher } from './router/load-publisher.ts';
import { startParley } from './router/parley-under-load.ts';
import { usageOf } from './router/process-usage.ts';
import { ageMs, StampingPeer } from './router/stamped-peer.ts';

const seconds = Number(process.argv[2] ?? 10);
const warmUpMs = 3_000;
const tickMs = 5;
const crowdSize = 50;

const router = await startParley();
const { streamId, peer: publisher, offer } = await router.publish(false);
const direct = await connectDirectly();
const format = publishedFormat(offer);
const random = seededRandom(7);
let senders = [publisher, direct.from].map(
  (peer) =>
    new LoadPublisher(new StampingPeer(peer), format, [{ packetsPerFrame: 4 }], { lossRatio: 0, random }),
);
// The first sender gets through first, so they take turns.
const timer = setInterval(() => {
  senders = senders.toReversed();
  for (const sender of senders) sender.tick(performance.now());
}, tickMs);

const rows: Record<string, object> = {};
await measure('1 viewer');
const crowd = spawn(
  process.execPath,
  [
    '--conditions=@parley-rtc/source',
    fileURLToPath(new URL('router/crowd.ts', import.meta.url)),
    router.url,
    router.conferenceId,
    streamId,
    String(crowdSize),
  ],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
await once(crowd.stdout, 'data');
await measure(`${crowdSize} viewers more`);
const exited = once(crowd, 'exit');
crowd.stdin.end();
const [received] = (await once(crowd.stdout, 'data')) as [Buffer];
if (!(Number(received) > 0)) throw new Error('The crowd received nothing, so there was no load.');
await exited;

clearInterval(timer);
for (const peer of [publisher, direct.from, direct.to]) peer.close();
await router.close();
cleanup();
console.table(rows);
mkdirSync('bench-results', { recursive: true });
writeFileSync(
  'bench-results/delay.json',
  `${JSON.stringify({ node: process.version, seconds, rows }, null, 2)}\n`,
);

async function measure(name: string): Promise<void> {
  process.stderr.write(`${name} ...\n`);
  // Connected last, so it is the last to receive each packet.
  const { peer: viewer } = await router.view(streamId, false);
  await sleep(warmUpMs);
  const cpuBefore = usageOf(router.pids).cpuSeconds;
  const routed = collectAges(viewer);
  const straight = collectAges(direct.to);
  await sleep(seconds * 1_000);
  const cpuSeconds = usageOf(router.pids).cpuSeconds - cpuBefore;
  viewer.close();
  direct.to.onPacket = () => {};
  const [p50, p99] = [0.5, 0.99].map((share) => ({
    routed: percentile(routed, share),
    direct: percentile(straight, share),
  }));
  if (!p50 || !p99) return;
  rows[name] = {
    packets: routed.length,
    cpuPercent: Math.round((cpuSeconds / seconds) * 100),
    routedP50Ms: rounded(p50.routed),
    directP50Ms: rounded(p50.direct),
    addedP50Ms: rounded(p50.routed - p50.direct),
    routedP99Ms: rounded(p99.routed),
    directP99Ms: rounded(p99.direct),
    addedP99Ms: rounded(p99.routed - p99.direct),
  };
}

function collectAges(peer: LoadPeer): number[] {
  const ages: number[] = [];
  peer.onPacket = (packet) => {
    if (!isRtcp(packet)) ages.push(ageMs(packet));
  };
  return ages;
}

/** Two peers, connected without a router. */
async function connectDirectly(): Promise<{ readonly from: LoadPeer; readonly to: LoadPeer }> {
  const from = await NativePeer.create('127.0.0.1');
  const to = new AnsweringPeer('127.0.0.1');
  const local = await to.open({ ...from.parameters, setup: 'active' });
  await from.connect(farSideAt(local, 'passive'), (candidate) => to.addCandidate(candidate));
  return { from, to };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function rounded(ms: number): number {
  return Number(ms.toFixed(2));
}
