// Measures how a stream is carried by several media processes of a machine: packets per second of processor time with one
// process and with several, for the same stream and viewers; and the delay that a relay adds, between a view in the publisher's
// process and one in another. All peers have real ICE, DTLS and SRTP. Prints a table and writes bench-results/relay.json. Linux only.
// Run by `pnpm bench:relay [viewers] [processes] [seconds] [packets per second to each viewer]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanup } from 'node-datachannel';
import type { Candidate } from '../src/media/pool/choose-router.ts';
import { isRtcp } from '../src/media/wire/rtp-packet.ts';
import { seededRandom } from '../src/testing/seeded-random.ts';
import { quantile, requireFileDescriptors, round } from './measuring.ts';
import { publishedFormat } from './router/load-offers.ts';
import type { LoadPeer } from './router/load-peer.ts';
import { LoadPublisher } from './router/load-publisher.ts';
import { measureLoad } from './router/measure-load.ts';
import { startPool } from './router/pool-under-load.ts';
import { ageMs, StampingPeer } from './router/stamped-peer.ts';

/** What a publisher of the load sends at its usual pace. */
const usualPackets = 170;
const warmUpMs = 3_000;
const tickMs = 5;
/** A viewer has one socket here and one in a media process, and the library some more. */
const descriptorsPerViewer = 4;

const [viewers = 400, processes = 4, seconds = 10, packetsPerSecond = 20] = process.argv.slice(2).map(Number);
requireFileDescriptors(viewers * descriptorsPerViewer);
const scenario = {
  name: `1 to ${viewers}`,
  publishers: 1,
  viewersEach: viewers,
  lossRatio: 0,
  layers: [{ packetsPerFrame: 4 }],
  hasFeedback: true,
  pace: packetsPerSecond / usualPackets,
};

console.error('delay ...');
const delays = await measureDelay();
console.error('one process ...');
const alone = await measureLoad(scenario, await startPool(1), seconds);
console.error(`${processes} processes ...`);
const together = await measureLoad(scenario, await startPool(processes), seconds);
const ratio = { packetsPerCoreSecond: round(together.packetsPerCoreSecond / alone.packetsPerCoreSecond) };
const rows = { '1 process': alone, [`${processes} processes`]: together, ratio };
console.table(delays);
console.table(rows);
mkdirSync('bench-results', { recursive: true });
const results = { node: process.version, viewers, processes, seconds, packetsPerSecond, delays, rows };
writeFileSync('bench-results/relay.json', `${JSON.stringify(results, null, 2)}\n`);
cleanup();

/** The age of the same packets at a view in the publisher's process, and at one in another. */
async function measureDelay(): Promise<Record<string, object>> {
  let choices = 0;
  const pool = await startPool(2, <Process extends Candidate>(candidates: readonly Process[]) => {
    choices += 1;
    const wantsRelay = choices % 2 === 0;
    return candidates.find(({ hasStream }) => hasStream !== wantsRelay);
  });
  const { streamId, peer, offer } = await pool.publish(false);
  const random = seededRandom(7);
  const sender = new LoadPublisher(new StampingPeer(peer), publishedFormat(offer), [{ packetsPerFrame: 4 }], {
    lossRatio: 0,
    random,
  });
  const timer = setInterval(() => sender.tick(performance.now()), tickMs);
  const near = await pool.view(streamId, false);
  const far = await pool.view(streamId, false);
  await sleep(warmUpMs);
  const [nearAges, farAges] = [collectAges(near.peer), collectAges(far.peer)];
  await sleep(seconds * 1_000);
  clearInterval(timer);
  for (const one of [peer, near.peer, far.peer]) one.close();
  await pool.close();
  const row = (share: number) => {
    const [nearMs, farMs] = [quantile(nearAges, share), quantile(farAges, share)];
    return { nearMs: round(nearMs), relayedMs: round(farMs), addedMs: round(farMs - nearMs) };
  };
  return { p50: { packets: farAges.length, ...row(0.5) }, p99: { packets: farAges.length, ...row(0.99) } };
}

function collectAges(peer: LoadPeer): number[] {
  const ages: number[] = [];
  peer.onPacket = (packet) => {
    if (!isRtcp(packet)) ages.push(ageMs(packet));
  };
  return ages;
}
