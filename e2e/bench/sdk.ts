// Measures the SDK's overhead: the same exchange with the SDK and with bare RTCPeerConnections and fetch, alternating in the
// same page with the same server. Prints tables and writes bench-results/sdk.json.
// Run with `pnpm bench:sdk [rounds] [busy conferences]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { askForTicket, Caller, newRoom } from '../support/caller.ts';
import { installBareCaller } from './bare-caller.ts';
import { startLoad } from './conference-load.ts';
import { startDemo } from './demo-server.ts';
import { launchBenchBrowser } from './launch-bench-browser.ts';
import {
  bareJoinAndView,
  bareView,
  holdViews,
  joinAndListen,
  publishOnce,
  sdkJoinAndView,
  sdkView,
  type Way,
} from './sdk-in-page.ts';

const rounds = Number(process.argv[2] ?? 15);
/** Enough for a 99th percentile. */
const publishRounds = 100;
const loadConferences = Number(process.argv[3] ?? 50);
const viewCounts = [1, 9, 25];
const mainThreadSeconds = 10;

const endDemo = await startDemo();
const browser = await launchBenchBrowser();
try {
  const room = newRoom();
  const publisher = await Caller.open(browser);
  await publisher.join(room, 'publisher');
  await publisher.publish(1, 440);
  const viewer = await Caller.open(browser);
  await viewer.page.evaluate(installBareCaller);
  const ticket = await askForTicket(room);

  const rows = [
    await compare('viewStream() to first frame', viewer.page, ticket, { sdk: sdkView, bare: bareView }),
    await compare('join to first remote frame', viewer.page, ticket, {
      sdk: sdkJoinAndView,
      bare: bareJoinAndView,
    }),
    await publishToEvent('publish request to stream-published elsewhere'),
    await publishUnderLoad(),
  ];
  console.table(rows);
  const mainThread = [];
  for (const count of viewCounts) {
    mainThread.push({
      views: count,
      'sdk, ms per minute and view': await mainThreadMs(count, 'sdk', room),
      'bare, ms per minute and view': await mainThreadMs(count, 'bare', room),
    });
  }
  console.table(mainThread);
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/sdk.json', `${JSON.stringify({ rounds, rows, mainThread }, null, 2)}\n`);
} finally {
  await browser.close();
  await endDemo();
}

async function compare(
  what: string,
  page: Page,
  ticket: Awaited<ReturnType<typeof askForTicket>>,
  ways: Readonly<Record<Way, typeof sdkView>>,
): Promise<object> {
  const times: Record<Way, number[]> = { sdk: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ['sdk', 'bare'] as const) times[way].push(await page.evaluate(ways[way], ticket));
  }
  return row(what, times.sdk, times.bare);
}

/** Time from the publish request to `stream-published` on another page, compared with the request alone. */
async function publishToEvent(what: string): Promise<object> {
  const ticket = await askForTicket(newRoom());
  const [ada, bob] = [await Caller.open(browser), await Caller.open(browser)];
  for (const { page } of [ada, bob]) await page.evaluate(joinAndListen, ticket);
  const [toEvent, requests]: [number[], number[]] = [[], []];
  for (let round = 0; round < publishRounds; round += 1) {
    const published = await ada.page.evaluate(publishOnce);
    if (!published) continue;
    const { id, startedAt, requestMs } = published;
    const announcedAt = await bob.page.evaluate((id) => window.announcedAt[id] ?? NaN, id);
    toEvent.push(announcedAt - startedAt);
    requests.push(requestMs);
  }
  await ada.close();
  await bob.close();
  return {
    ...row(what, toEvent, requests),
    refused: publishRounds - toEvent.length,
    'sdk p99 ms': Math.round(quantile(toEvent, 0.99)),
    'bare p99 ms': Math.round(quantile(requests, 0.99)),
    'ratio p99': round2(quantile(toEvent, 0.99) / quantile(requests, 0.99)),
  };
}

/** The same while the server serves other conferences. */
async function publishUnderLoad(): Promise<object> {
  const endLoad = await startLoad(loadConferences);
  try {
    return await publishToEvent(`the same beside ${loadConferences} busy conferences`);
  } finally {
    await endLoad();
  }
}

function row(what: string, sdk: readonly number[], bare: readonly number[]): object {
  const [sdkMs, bareMs] = [quantile(sdk, 0.5), quantile(bare, 0.5)];
  return {
    what,
    rounds: sdk.length,
    'sdk p50 ms': Math.round(sdkMs),
    'bare p50 ms': Math.round(bareMs),
    ratio: round2(sdkMs / bareMs),
  };
}

async function mainThreadMs(count: number, way: Way, room: string): Promise<number> {
  const viewer = await Caller.open(browser);
  await viewer.page.evaluate(installBareCaller);
  await viewer.page.evaluate(holdViews, { ...(await askForTicket(room)), count, way });
  const session = await viewer.page.context().newCDPSession(viewer.page);
  // CPU time, which other load on the machine does not affect.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskSeconds = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
  };
  const before = await taskSeconds();
  await viewer.page.waitForTimeout(mainThreadSeconds * 1_000);
  const usedMs = ((await taskSeconds()) - before) * 1_000;
  await viewer.close();
  return Math.round((usedMs * 60) / mainThreadSeconds / count);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
