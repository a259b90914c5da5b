// Measures what the processors of `@parley-rtc/processors` cost in Chromium: processor time and delay of each frame, and of RNNoise
// processor time, delay, and how much noise it removes from speech. Prints tables and writes bench-results/processors.json.
// Run with `pnpm bench:processors [seconds per video]`, which also starts the demo.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Browser, CDPSession } from 'playwright';
import { Caller } from '../support/caller.ts';
import { loadBundle } from '../support/processors-bundle.ts';
import { spokenWav } from '../support/spoken-wav.ts';
import { startDemo } from './demo-server.ts';
import { launchBenchBrowser } from './launch-bench-browser.ts';
import { measureNoise, measureNoiseCost, measureNoiseDelay, startVideo } from './processors-in-page.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const seconds = Number(positionals[0] ?? 15);
const frameRate = 30;
const effects = ['none', 'copy', 'blur', 'image'] as const;
const sizes = [
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
];

const endDemo = await startDemo();
const browser = await launchBenchBrowser();
try {
  const video = [];
  for (const { width, height } of sizes) {
    for (const effect of effects) video.push(await measureVideo({ effect, width, height }));
  }
  console.table(video);
  const page = await openPage();
  const wav = spokenWav();
  const noise = [];
  for (const kind of ['white', 'pink', 'hum'] as const) {
    for (const snrDb of [20, 10, 5, 0]) {
      const run = await page.page.evaluate(measureNoise, { wav, noise: kind, snrDb });
      noise.push({ noise: kind, ...rounded(run) });
    }
  }
  console.table(noise);
  const cost = rounded(await page.page.evaluate(measureNoiseCost));
  const delaysMs = await page.page.evaluate(measureNoiseDelay, 10);
  const delay = rounded({ medianMs: at(delaysMs, 0.5), leastMs: at(delaysMs, 0), mostMs: at(delaysMs, 1) });
  console.log('RNNoise, processor time per second of audio:', cost, 'delay:', delay);
  mkdirSync('bench-results', { recursive: true });
  const results = { browser: browser.version(), seconds, video, noise, cost, delay };
  writeFileSync('bench-results/processors.json', `${JSON.stringify(results, null, 2)}\n`);
} finally {
  await browser.close();
  await endDemo();
}

async function openPage(): Promise<Caller> {
  const caller = await Caller.open(browser);
  await loadBundle(caller.page, 'e2e/bench/processors-entry.ts');
  return caller;
}

/** All threads of all of the browser's processes, and the page's main thread alone. */
async function measureVideo(options: {
  effect: (typeof effects)[number];
  width: number;
  height: number;
}): Promise<Record<string, unknown>> {
  const caller = await openPage();
  const system = await browser.newBrowserCDPSession();
  const session = await caller.page.context().newCDPSession(caller.page);
  await session.send('Performance.enable');
  await caller.page.evaluate(startVideo, { ...options, frameRate });
  const before = { cpuMs: await cpuMs(system), mainMs: await mainThreadMs(session) };
  await caller.page.waitForTimeout(1000 * seconds);
  const after = { cpuMs: await cpuMs(system), mainMs: await mainThreadMs(session) };
  const run = await caller.page.evaluate(() => window.benchVideo?.stop());
  if (!run || run.frames === 0) throw new Error('No frame was processed.');
  await caller.close();
  return {
    effect: options.effect,
    size: `${options.width} × ${options.height}`,
    ...rounded({
      startMs: run.startMs,
      framesPerSecond: run.frames / seconds,
      cpuMsPerFrame: (after.cpuMs - before.cpuMs) / run.frames,
      mainThreadMsPerFrame: (after.mainMs - before.mainMs) / run.frames,
      delayMs: at(run.delaysMs, 0.5),
      delay95Ms: at(run.delaysMs, 0.95),
    }),
  };
}

async function cpuMs(system: Awaited<ReturnType<Browser['newBrowserCDPSession']>>): Promise<number> {
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + 1000 * cpuTime, 0);
}

async function mainThreadMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function rounded<Figures extends object>(figures: Figures): Record<keyof Figures, number> {
  const entries = Object.entries<number>(figures as Record<string, number>);
  return Object.fromEntries(entries.map(([name, value]) => [name, Number(value.toFixed(1))])) as Record<
    keyof Figures,
    number
  >;
}
