import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Load } from './load.ts';
import { usageOf, type ProcessUsage } from './process-usage.ts';
import type { RouterUnderLoad } from './router-under-load.ts';
import type { Scenario } from './scenarios.ts';

/** The performance of one router under one load. */
export interface LoadFigures {
  /** Media packets that reached viewers, per second of processor time. */
  readonly packetsPerCoreSecond: number;
  readonly deliveredPerSecond: number;
  /** Share of the packets sent to each viewer: audio, and the largest video layer. */
  readonly deliveredPercent: number;
  /** The same for the viewer that received the least. */
  readonly worstViewerPercent: number;
  readonly cpuPercent: number;
  /** The part of it in the thread that runs JavaScript (in Janus: signaling). */
  readonly mainThreadPercent: number;
  readonly loopDelayP99Ms: number | undefined;
  /** 99th percentile of the delay of the load's own event loop, which timestamps arrivals. */
  readonly loadDelayP99Ms: number;
  /** Number of viewers whose link the router considers limited; there is no such link here. */
  readonly limitedViewers: number | undefined;
  /** Memory per peer, over the second half of the peers, which are connected but receive nothing yet. */
  readonly kilobytesPerIdlePeer: number;
  /** Memory of the router under the load. */
  readonly megabytes: number;
  /** Processor time of each router process, if there are several. */
  readonly eachProcessPercent?: string;
}

/** Just-in-time compilers need time to optimize hot code. */
const warmUpMs = 6_000;
const settleMs = 3_000;
const delayResolutionMs = 5;

/** Runs the load on the router for this many seconds, then closes both. */
export async function measureLoad(
  scenario: Scenario,
  router: RouterUnderLoad,
  seconds: number,
): Promise<LoadFigures> {
  const load = new Load(scenario, router);
  try {
    return await measure(load, scenario, router, seconds);
  } finally {
    load.close();
    await router.close();
  }
}

async function measure(
  load: Load,
  { publishers, viewersEach }: Scenario,
  router: RouterUnderLoad,
  seconds: number,
): Promise<LoadFigures> {
  const streamIds: string[] = [];
  for (let index = 0; index < publishers; index += 1) streamIds.push(await load.publish());
  for (const streamId of streamIds) await load.view(streamId, Math.floor(viewersEach / 2));
  await sleep(settleMs);
  const half = { peers: load.peerCount, residentBytes: usageOf(router.pids).residentBytes };
  for (const streamId of streamIds) await load.view(streamId, Math.ceil(viewersEach / 2));
  await sleep(settleMs);
  const idleBytes = usageOf(router.pids).residentBytes - half.residentBytes;
  load.start();
  await sleep(warmUpMs);
  await router.loopDelayP99Ms();

  const look = () => ({ usage: usageOf(router.pids), ...load.counts() });
  const loadDelay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  loadDelay.enable();
  const before = look();
  const startMs = performance.now();
  await sleep(seconds * 1_000);
  const elapsedSeconds = (performance.now() - startMs) / 1_000;
  const after = look();
  loadDelay.disable();
  const loopDelayP99Ms = await router.loopDelayP99Ms();

  const got = after.got.map((packets, index) => packets - (before.got[index] ?? 0));
  const expected = after.expected.map((packets, index) => packets - (before.expected[index] ?? 0));
  const delivered = sum(got);
  const cpuSeconds = after.usage.cpuSeconds - before.usage.cpuSeconds;
  const mainThreadSeconds = after.usage.mainThreadSeconds - before.usage.mainThreadSeconds;
  const morePeers = Math.max(1, load.peerCount - half.peers);
  const leastShare = Math.min(...got) / (sum(expected) / expected.length);
  return {
    packetsPerCoreSecond: Math.round(delivered / cpuSeconds),
    deliveredPerSecond: Math.round(delivered / elapsedSeconds),
    deliveredPercent: rounded((100 * delivered) / (sum(expected) * viewersEach), 2),
    worstViewerPercent: rounded(100 * leastShare, 2),
    cpuPercent: rounded((100 * cpuSeconds) / elapsedSeconds, 1),
    mainThreadPercent: rounded((100 * mainThreadSeconds) / elapsedSeconds, 1),
    loopDelayP99Ms: loopDelayP99Ms === undefined ? undefined : rounded(loopDelayP99Ms, 1),
    loadDelayP99Ms: rounded(loadDelay.percentile(99) / 1e6 - delayResolutionMs, 1),
    limitedViewers: await router.limitedViewers(),
    kilobytesPerIdlePeer: Math.round(idleBytes / 1_024 / morePeers),
    megabytes: Math.round(after.usage.residentBytes / 2 ** 20),
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
