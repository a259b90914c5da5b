// Measures what a viewer receives on a link that slows down and recovers: layers, frames and concealed audio, second by
// second, in a real Chromium in a separate network. Prints a table and writes bench-results/slow-link.json.
// Run as root with `pnpm bench:slow-link [--rate=500000] [--queue=200]`, which also starts the demo.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { demoPort } from '../support/addresses.ts';
import { SlowLinkView, type ViewSample } from '../support/slow-link-view.ts';
import { SlowLink } from '../support/slow-link.ts';
import { startDemo } from './demo-server.ts';
import { launchBenchBrowser } from './launch-bench-browser.ts';

const { values } = parseArgs({
  options: {
    /** Rate of the slow link, in bits per second. */
    rate: { type: 'string', default: '500000' },
    /** Maximum queueing delay of the link, in milliseconds. */
    queue: { type: 'string', default: '200' },
    slow: { type: 'string', default: '15' },
    fast: { type: 'string', default: '25' },
  },
});

interface ViewedSecond extends ViewSample {
  readonly phase: string;
}

const endDemo = await startDemo();
const link = new SlowLink();
const browser = await launchBenchBrowser();

try {
  await link.open(demoPort);
  const behind = await link.launchBrowser();
  try {
    report(await measure(behind));
  } finally {
    await behind.close();
  }
} finally {
  await browser.close();
  link.close();
  await endDemo();
}

async function measure(behind: typeof browser): Promise<ViewedSecond[]> {
  const view = await SlowLinkView.open(browser, behind);
  const seconds: ViewedSecond[] = [];
  const watch = async (phase: string, count: number): Promise<void> => {
    for (let second = 0; second < count; second += 1) seconds.push({ phase, ...(await view.nextSecond()) });
  };
  await watch('free', 4);
  link.limit(Number(values.rate), Number(values.queue));
  await watch('slow', Number(values.slow));
  link.lift();
  await watch('lifted', Number(values.fast));
  return seconds;
}

function report(samples: readonly ViewedSecond[]): void {
  console.table(
    samples.map(({ receivedBps, concealed, ...rest }) => ({
      ...rest,
      kbps: Math.round(receivedBps / 1_000),
      'concealed %': Math.round(concealed * 1_000) / 10,
    })),
  );
  const switches = samples.filter(({ heightPx }, index) => heightPx !== samples[index - 1]?.heightPx).length;
  console.log(`${switches - 1} changes of height`);
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/slow-link.json', `${JSON.stringify({ values, samples }, null, 2)}\n`);
}
