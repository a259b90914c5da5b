// Measures how nine views of one viewer share a slow link: first frames, standstill, fairness and concealed audio, in a real
// Chromium in a separate network, with and without a shared estimate, alternating. Prints a table and writes
// bench-results/shared-link.json. Run as root with `pnpm bench:shared-link [--rounds=2] [--rate=2000000] [--queue=200]
// [--trip=20] [--views=9] [--seconds=30]`, which also starts the demo.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright';
import { freePort } from '../../packages/server/src/testing/free-port.ts';
import { demoPort, demoUrl } from '../support/addresses.ts';
import { usualSdkFile } from '../support/caller.ts';
import { installMediaProbe } from '../support/media-probe.ts';
import { SlowLink } from '../support/slow-link.ts';
import { TileViews, type TileFigures } from '../support/tile-views.ts';
import { startDemo } from './demo-server.ts';
import { DistantLink } from './distant-link.ts';
import { launchBenchBrowser } from './launch-bench-browser.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2' },
    /** Rate of the link, in bits per second. */
    rate: { type: 'string', default: '2000000' },
    /** Maximum queueing delay of the link, in milliseconds. */
    queue: { type: 'string', default: '200' },
    /** Round-trip time without a queue, in milliseconds. */
    trip: { type: 'string', default: '20' },
    views: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '30' },
    /** Seconds from joining on that count as the start. */
    start: { type: 'string', default: '5' },
    ways: { type: 'string', default: 'off,on' },
  },
});

interface Row extends TileFigures {
  readonly sharing: string;
}

const link = new SlowLink();
const browser = await launchBenchBrowser();
const rows: Row[] = [];
try {
  await link.open(demoPort);
  const behind = await link.launchBrowser();
  try {
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const sharing of values.ways.split(','))
        rows.push({ sharing, ...(await measure(behind, sharing)) });
    }
  } finally {
    await behind.close();
  }
} finally {
  await browser.close();
  link.close();
}
report();

async function measure(behind: Browser, sharing: string): Promise<TileFigures> {
  const mediaPort = await freePort();
  const endDemo = await startDemo({ PARLEY_SHARE_LINKS: sharing, PARLEY_UDP_PORT: String(mediaPort) });
  const distance = new DistantLink(Number(values.trip), link.hostAddress);
  try {
    const viewer = await openPage(behind, distance, await distance.forwardUdp(mediaPort));
    const views = await TileViews.publish(browser, viewer, Number(values.views));
    link.limit(Number(values.rate), Number(values.queue));
    const figures = await views.watch(Number(values.seconds), Number(values.start));
    link.lift();
    await views.close();
    return figures;
  } finally {
    distance.close();
    await endDemo();
  }
}

async function openPage(behind: Browser, distance: DistantLink, mediaPort: number): Promise<Page> {
  const context = await behind.newContext({ baseURL: demoUrl });
  const page = await context.newPage();
  await page.addInitScript(installMediaProbe);
  await distance.leadMedia(page, mediaPort);
  await page.goto('/');
  await page.evaluate(() => document.body.replaceChildren());
  await page.addScriptTag({ url: usualSdkFile });
  return page;
}

function report(): void {
  const percent = (share: number): number => Math.round(share * 1_000) / 10;
  console.table(
    rows.map((row) => ({
      sharing: row.sharing,
      'all first frames, ms': row.allFirstFramesMs === undefined ? 'never' : Math.round(row.allFirstFramesMs),
      'longest standstill, ms': Math.round(row.longestStillMs),
      'seconds still, %': percent(row.stillShare),
      fairness: Math.round(row.fairness * 1_000) / 1_000,
      'concealed at start, %': percent(row.concealedAtStart),
      'concealed after, %': percent(row.concealedAfter),
      kbps: Math.round(row.receivedBps / 1_000),
      heights: row.heightsPx.join(' '),
    })),
  );
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/shared-link.json', `${JSON.stringify({ values, rows }, null, 2)}\n`);
}
