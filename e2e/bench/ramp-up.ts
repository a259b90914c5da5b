// How fast a publisher's encoder gets going: what it sends, second by second, of a noisy 720p picture in a real Chromium,
// against a real server on this machine. Prints a table and writes bench-results/ramp-up.json.
// Run by `pnpm bench:ramp-up [starts]`; the demo's server is started for it.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { apiPort, demoPort, demoUrl } from '../support/addresses.ts';
import { browserArguments } from '../support/browser-arguments.ts';
import { ensureBrowser } from '../support/browser.ts';
import { Caller, newRoom } from '../support/caller.ts';
import { installSimulcastProbe } from '../support/simulcast-probe.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const starts = Number(positionals[0] ?? 10);
const seconds = 6;
const goalBps = 1_500_000;

interface Start {
  /** Sent in each second since publishing, in bits per second. */
  readonly sentBps: readonly number[];
  /** The browser's estimate at the end of each second. */
  readonly estimateBps: readonly number[];
  /** Seconds until a second's rate or the estimate passed the goal. */
  readonly toGoalSeconds: number | null;
}

const server = spawn(process.execPath, ['--conditions=@parley-rtc/source', 'demo/start.ts'], {
  env: { ...process.env, DEMO_PORT: String(demoPort), PARLEY_PORT: String(apiPort) },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: [...browserArguments] });

try {
  await untilReady(demoUrl);
  const results: Start[] = [];
  for (let start = 0; start < starts; start += 1) {
    const caller = await Caller.open(browser);
    await caller.page.evaluate(installSimulcastProbe, []);
    await caller.join(newRoom(), 'publisher');
    const samples = await caller.page.evaluate(sampleStart, seconds);
    const passed = samples.findIndex(({ sentBps }) => sentBps >= goalBps);
    results.push({
      sentBps: samples.map(({ sentBps }) => sentBps),
      estimateBps: samples.map(({ estimateBps }) => estimateBps),
      toGoalSeconds: passed < 0 ? null : passed + 1,
    });
    await caller.close();
  }
  report(results);
} finally {
  await browser.close();
  server.kill('SIGTERM');
}

/** Runs in the page. */
async function sampleStart(seconds: number): Promise<{ sentBps: number; estimateBps: number }[]> {
  const mediaStream = window.simulcast.source({ width: 1_280, height: 720, isNoisy: true });
  await window.conference.publishStream({ mediaStream, type: 'CAM' });
  const samples: { sentBps: number; estimateBps: number }[] = [];
  let [bytes, sinceMs] = [0, performance.now()];
  for (let second = 0; second < seconds; second += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 1_000);
    });
    let [sent, estimateBps] = [0, 0];
    for (const report of (await window.simulcast.peer().getStats()).values()) {
      const {
        type,
        bytesSent = 0,
        availableOutgoingBitrate = 0,
      } = report as RTCOutboundRtpStreamStats & RTCIceCandidatePairStats;
      if (type === ('outbound-rtp' as string)) sent += bytesSent;
      if (type === ('candidate-pair' as string))
        estimateBps = Math.max(estimateBps, availableOutgoingBitrate);
    }
    const nowMs = performance.now();
    samples.push({
      sentBps: Math.round(((sent - bytes) * 8_000) / (nowMs - sinceMs)),
      estimateBps: Math.round(estimateBps),
    });
    [bytes, sinceMs] = [sent, nowMs];
  }
  return samples;
}

async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const answered = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`The demo did not answer at ${url} within a minute.`);
}

function report(results: readonly Start[]): void {
  const mbps = (bps: number): number => Math.round(bps / 10_000) / 100;
  console.table(
    results.map(({ sentBps, estimateBps, toGoalSeconds }) => ({
      ...Object.fromEntries(sentBps.map((bps, index) => [`sent ${index + 1} s`, mbps(bps)])),
      'estimate 1 s': mbps(estimateBps[0] ?? 0),
      'estimate end': mbps(estimateBps.at(-1) ?? 0),
      'to 1.5 Mbps': toGoalSeconds,
    })),
  );
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/ramp-up.json', `${JSON.stringify({ goalBps, results }, null, 2)}\n`);
}
