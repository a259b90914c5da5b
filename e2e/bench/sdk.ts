// What the SDK adds to the browser's own work: the same exchange through the SDK and through bare RTCPeerConnections
// and fetch, in turns, in the same page, against the same server. Prints tables and writes bench-results/sdk.json.
// Run by `pnpm bench:sdk [rounds]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { chromium, type Page } from 'playwright';
import { ensureBrowser } from '../support/browser.ts';
import { browserArguments } from '../support/browser-arguments.ts';
import { askForTicket, Caller, newRoom } from '../support/caller.ts';
import { bareJoinAndView, bareView, holdViews, sdkJoinAndView, sdkView, type Way } from './sdk-in-page.ts';
import { installBareCaller } from './bare-caller.ts';
import { startDemo } from './demo-server.ts';

const rounds = Number(process.argv[2] ?? 15);
const viewCounts = [1, 9, 25];
const mainThreadSeconds = 10;

const endDemo = await startDemo();
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: [...browserArguments] });
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
    await publishToEvent(room),
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
  endDemo();
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
  const [sdk, bare] = [median(times.sdk), median(times.bare)];
  return { what, rounds, 'sdk p50 ms': sdk, 'bare p50 ms': bare, ratio: round2(sdk / bare) };
}

/** From the request that publishes to `stream-published` on another page, against the time of that request alone. */
async function publishToEvent(room: string): Promise<object> {
  const [ada, bob] = [await Caller.open(browser), await Caller.open(browser)];
  await ada.join(room, 'Ada');
  await bob.join(room, 'Bob');
  await bob.page.evaluate(() => {
    const at: Record<string, number> = {};
    Object.assign(window, { publishedAt: at });
    window.conference.on('stream-published', ({ stream }) => {
      at[stream.id] = performance.timeOrigin + performance.now();
    });
  });
  const [toEvent, requests]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const { id, startedAt, requestMs } = await ada.page.evaluate(async () => {
      performance.clearResourceTimings();
      const mediaStream = window.probe.source({ id: 7 });
      const mine = await window.conference.publishStream({ mediaStream, type: 'CAM' });
      const request = performance
        .getEntriesByType('resource')
        .find(({ name }) => name.endsWith('/publishStream'));
      await new Promise((resolve) => {
        setTimeout(resolve, 300);
      });
      await mine.unpublish();
      return {
        id: mine.id,
        startedAt: performance.timeOrigin + (request?.startTime ?? NaN),
        requestMs: request?.duration ?? NaN,
      };
    });
    const heardAt = await bob.page.evaluate(
      (id) => (window as unknown as { publishedAt: Record<string, number> }).publishedAt[id] ?? NaN,
      id,
    );
    toEvent.push(heardAt - startedAt);
    requests.push(requestMs);
  }
  await ada.close();
  await bob.close();
  const [sdk, bare] = [median(toEvent), median(requests)];
  return {
    what: 'publish request to stream-published elsewhere',
    rounds,
    'sdk p50 ms': sdk,
    'bare p50 ms': bare,
    ratio: round2(sdk / bare),
  };
}

async function mainThreadMs(count: number, way: Way, room: string): Promise<number> {
  const viewer = await Caller.open(browser);
  await viewer.page.evaluate(installBareCaller);
  await viewer.page.evaluate(holdViews, { ...(await askForTicket(room)), count, way });
  const session = await viewer.page.context().newCDPSession(viewer.page);
  await session.send('Performance.enable');
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

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? NaN);
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
