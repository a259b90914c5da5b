import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/testing/seeded-random.ts';
import { publishedFormat } from './load-offers.ts';
import type { LoadPeer } from './load-peer.ts';
import { LoadPublisher } from './load-publisher.ts';
import { LoadViewer } from './load-viewer.ts';
import { usageOf } from './process-usage.ts';
import type { ProcessUsage } from './process-usage.ts';
import type { RouterUnderLoad } from './router-under-load.ts';
import type { Scenario } from './scenarios.ts';

/** What one router does under one load. */
export interface LoadFigures {
  /** Media packets that reached viewers, per second of processor time. */
  readonly packetsPerCoreSecond: number;
  readonly deliveredPerSecond: number;
  /** Of what was sent to whom: sound, and the largest layer of the video. */
  readonly deliveredPercent: number;
  /** The same of the viewer who got the least. */
  readonly worstViewerPercent: number;
  readonly cpuPercent: number;
  /** Of that, where JavaScript runs (in Janus: where its signalling does). */
  readonly mainThreadPercent: number;
  readonly loopDelayP99Ms: number | undefined;
  /** Growth of the memory for each of the second half of the peers, with the garbage that the load makes meanwhile. */
  readonly kilobytesPerPeer: number;
  /** Processor time of each process of the router, where there are several. */
  readonly eachProcessPercent?: string;
}

/** Just-in-time compilers need some time to see what is hot. */
const warmUpMs = 6_000;
const settleMs = 3_000;
const tickMs = 5;

/** Puts the load on the router for so many seconds, and ends both. */
export async function measureLoad(
  scenario: Scenario,
  router: RouterUnderLoad,
  seconds: number,
): Promise<LoadFigures> {
  const { lossRatio, layers, viewersEach } = scenario;
  const options = { lossRatio, random: seededRandom(7) };
  const peers: LoadPeer[] = [];
  const publishers: LoadPublisher[] = [];
  const viewers: LoadViewer[] = [];
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const one of publishers) one.tick(nowMs);
    for (const one of viewers) one.tick(nowMs);
  }, tickMs);
  const publish = async (): Promise<string> => {
    const { streamId, peer, offer } = await router.publish(layers.length > 1);
    peers.push(peer);
    publishers.push(new LoadPublisher(peer, publishedFormat(offer), layers, options));
    return streamId;
  };
  const view = async (streamId: string, count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const { peer, format } = await router.view(streamId);
      peers.push(peer);
      viewers.push(new LoadViewer(peer, format, options));
    }
  };

  const streamIds: string[] = [];
  for (let index = 0; index < scenario.publishers; index += 1) streamIds.push(await publish());
  for (const streamId of streamIds) await view(streamId, Math.floor(viewersEach / 2));
  await sleep(settleMs);
  const half = {
    peers: peers.length,
    residentBytes: usageOf(router.pid).residentBytes,
  };
  for (const streamId of streamIds) await view(streamId, Math.ceil(viewersEach / 2));
  await sleep(warmUpMs);
  await router.loopDelayP99Ms();

  const look = () => ({
    usage: usageOf(router.pid),
    expected: publishers.map((one) => one.expectedPackets),
    got: viewers.map(({ packets }) => packets),
  });
  const before = look();
  const startMs = performance.now();
  await sleep(seconds * 1_000);
  const elapsedSeconds = (performance.now() - startMs) / 1_000;
  const after = look();
  const loopDelayP99Ms = await router.loopDelayP99Ms();

  clearInterval(timer);
  for (const peer of peers) peer.close();
  await router.close();

  const got = after.got.map((packets, index) => packets - (before.got[index] ?? 0));
  const expected = after.expected.map((packets, index) => packets - (before.expected[index] ?? 0));
  const delivered = sum(got);
  const cpuSeconds = after.usage.cpuSeconds - before.usage.cpuSeconds;
  const mainThreadSeconds = after.usage.mainThreadSeconds - before.usage.mainThreadSeconds;
  const residentBytes = after.usage.residentBytes - half.residentBytes;
  const morePeers = Math.max(1, peers.length - half.peers);
  const leastShare = Math.min(...got) / (sum(expected) / expected.length);
  return {
    packetsPerCoreSecond: Math.round(delivered / cpuSeconds),
    deliveredPerSecond: Math.round(delivered / elapsedSeconds),
    deliveredPercent: rounded((100 * delivered) / (sum(expected) * viewersEach), 2),
    worstViewerPercent: rounded(100 * leastShare, 2),
    cpuPercent: rounded((100 * cpuSeconds) / elapsedSeconds, 1),
    mainThreadPercent: rounded((100 * mainThreadSeconds) / elapsedSeconds, 1),
    loopDelayP99Ms: loopDelayP99Ms === undefined ? undefined : rounded(loopDelayP99Ms, 1),
    kilobytesPerPeer: Math.round(residentBytes / 1_024 / morePeers),
    ...shares(before.usage, after.usage, elapsedSeconds),
  };
}

function shares(
  before: ProcessUsage,
  after: ProcessUsage,
  elapsedSeconds: number,
): Pick<LoadFigures, 'eachProcessPercent'> {
  if (after.eachCpuSeconds.length < 2) return {};
  const percents = after.eachCpuSeconds.map(
    (cpuSeconds, index) => (100 * (cpuSeconds - (before.eachCpuSeconds[index] ?? 0))) / elapsedSeconds,
  );
  return { eachProcessPercent: percents.map((percent) => rounded(percent, 1)).join(' + ') };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
