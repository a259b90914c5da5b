// Measures how long joining takes until the first remote frame when the server is a round trip away: with the SDK, with the same
// calls of the original API by hand, and at the platform's limit, which is one request and then media. In one page, alternating.
// Prints a table and writes bench-results/round-trips.json. Run with `pnpm bench:round-trips [rounds] [round trips in ms]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright';
import { freePort } from '../../packages/server/src/testing/free-port.ts';
import { apiPort, demoPort } from '../support/addresses.ts';
import { askForTicket, Caller, newRoom, usualSdkFile } from '../support/caller.ts';
import { installBareCaller } from './bare-caller.ts';
import { startDemo } from './demo-server.ts';
import { DistantLink } from './distant-link.ts';
import { launchBenchBrowser } from './launch-bench-browser.ts';
import { bareJoinAndView, bareView, sdkJoinAndView } from './sdk-in-page.ts';

const rounds = Number(process.argv[2] ?? 7);
const roundTripsMs = (process.argv[3] ?? '0,50,100,200').split(',').map(Number);

const mediaPort = await freePort();
const endDemo = await startDemo({ PARLEY_UDP_PORT: String(mediaPort) });
const browser = await launchBenchBrowser();
try {
  const room = newRoom();
  const publisher = await Caller.open(browser);
  await publisher.join(room, 'publisher');
  await publisher.publish(1, 440);
  const rows = [];
  for (const roundTripMs of roundTripsMs) rows.push(await measure(browser, room, roundTripMs));
  console.table(rows);
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/round-trips.json', `${JSON.stringify({ rounds, rows }, null, 2)}\n`);
} finally {
  await browser.close();
  await endDemo();
}

async function measure(browser: Browser, room: string, roundTripMs: number): Promise<object> {
  const link = new DistantLink(roundTripMs);
  try {
    const [pagePort, farApiPort, farMediaPort] = [
      await link.forwardTcp(demoPort),
      await link.forwardTcp(apiPort),
      await link.forwardUdp(mediaPort),
    ];
    const invitation = await askForTicket(room);
    const across = { ...invitation, server: `http://localhost:${farApiPort}` };
    const open = (): Promise<Page> => openPage(browser, link, pagePort, farMediaPort);
    const times: Record<string, number[]> = {
      sdk: [],
      calls: [],
      limit: [],
      across: [],
      cold: [],
      coldAcross: [],
    };
    const warm = await open();
    for (let round = -1; round < rounds; round += 1) {
      const took = {
        sdk: await warm.evaluate(sdkJoinAndView, invitation),
        calls: await warm.evaluate(bareJoinAndView, invitation),
        limit: await warm.evaluate(bareView, invitation),
        across: await warm.evaluate(sdkJoinAndView, across),
        cold: await inNewPage(open, (page) => page.evaluate(sdkJoinAndView, invitation)),
        coldAcross: await inNewPage(open, (page) => page.evaluate(sdkJoinAndView, across)),
      };
      // The first round warms up: it loads and compiles.
      if (round >= 0) for (const [what, ms] of Object.entries(took)) times[what]?.push(ms);
    }
    await warm.context().close();
    const median = (what: string): number =>
      Math.round(times[what]?.toSorted((a, b) => a - b)[rounds >> 1] ?? NaN);
    return {
      'round trip, ms': roundTripMs,
      'SDK, ms': median('sdk'),
      'the API by hand, ms': median('calls'),
      'one request, ms': median('limit'),
      'SDK / one request': Math.round((median('sdk') / median('limit')) * 100) / 100,
      'another origin, ms': median('across'),
      'new page, ms': median('cold'),
      'new page, another origin, ms': median('coldAcross'),
    };
  } finally {
    link.close();
  }
}

async function inNewPage(open: () => Promise<Page>, work: (page: Page) => Promise<number>): Promise<number> {
  const page = await open();
  try {
    return await work(page);
  } finally {
    await page.context().close();
  }
}

async function openPage(
  browser: Browser,
  link: DistantLink,
  pagePort: number,
  mediaPort: number,
): Promise<Page> {
  const context = await browser.newContext({ baseURL: `http://localhost:${pagePort}` });
  const page = await context.newPage();
  await link.leadMedia(page, mediaPort);
  await page.goto('/');
  await page.evaluate(() => document.body.replaceChildren());
  await page.addScriptTag({ url: usualSdkFile });
  await page.evaluate(installBareCaller);
  return page;
}
