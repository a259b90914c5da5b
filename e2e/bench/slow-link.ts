// What a viewer sees and hears on a link that becomes slow and fast again: layers, frames and lost sound, second by second,
// in a real Chromium in a network of its own. Prints a table and writes bench-results/slow-link.json.
// Run as root by `pnpm bench:slow-link [--rate=500000] [--queue=200]`; the demo's server is started for it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { demoPort } from '../support/addresses.ts';
import { browserArguments } from '../support/browser-arguments.ts';
import { ensureBrowser } from '../support/browser.ts';
import { Caller, newRoom } from '../support/caller.ts';
import { setVideo } from '../support/page-scripts.ts';
import { installSimulcastProbe } from '../support/simulcast-probe.ts';
import { SlowLink } from '../support/slow-link.ts';
import { startDemo } from './demo-server.ts';

const { values } = parseArgs({
  options: {
    /** Of the slow link, in bits per second. */
    rate: { type: 'string', default: '500000' },
    /** How long the link keeps a packet, in milliseconds. */
    queue: { type: 'string', default: '200' },
    slow: { type: 'string', default: '15' },
    fast: { type: 'string', default: '25' },
  },
});

interface Sample {
  readonly phase: string;
  readonly receivedBps: number;
  readonly heightPx: number;
  readonly frames: number;
  /** Share of the sound that had to be made up. */
  readonly concealed: number;
  readonly packetsLost: number;
  /** Longest time a packet of sound waited on its way and for its turn, as the jitter buffer shows it, in ms. */
  readonly audioDelayMs: number;
}

const endDemo = await startDemo();
const link = new SlowLink();
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: [...browserArguments] });

try {
  await link.open(demoPort);
  const behind = await chromium.launch({
    executablePath: link.wrap(ensureBrowser()),
    args: [...browserArguments],
  });
  try {
    report(await measure(behind));
  } finally {
    await behind.close();
  }
} finally {
  await browser.close();
  link.close();
  endDemo();
}

async function measure(behind: typeof browser): Promise<Sample[]> {
  const room = newRoom();
  const publisher = await Caller.open(browser);
  await publisher.page.evaluate(installSimulcastProbe, []);
  await publisher.join(room, 'publisher');
  await publisher.page.evaluate(publish);
  const viewer = await Caller.open(behind);
  await viewer.page.evaluate(installSimulcastProbe, []);
  await viewer.join(room, 'viewer');
  // No element shows the video, so that it is to be sent as large as the link carries.
  await viewer.page.evaluate(setVideo, {});
  await viewer.page.evaluate(playAll);
  await viewer.page.waitForFunction(
    async () => window.views.size > 0 && (await window.simulcast.picture()).heightPx === 720,
    undefined,
    { polling: 250, timeout: 30_000 },
  );
  const samples: Sample[] = [];
  let before = await viewer.page.evaluate(read);
  const watch = async (phase: string, seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      await viewer.page.waitForTimeout(1_000);
      const now = await viewer.page.evaluate(read);
      samples.push({
        phase,
        receivedBps: Math.round(((now.bytes - before.bytes) * 8_000) / (now.atMs - before.atMs)),
        heightPx: now.heightPx,
        frames: now.frames - before.frames,
        concealed: (now.concealed - before.concealed) / Math.max(1, now.samples - before.samples),
        packetsLost: now.lost - before.lost,
        audioDelayMs: Math.round(
          ((now.delay - before.delay) * 1_000) / Math.max(1, now.emitted - before.emitted),
        ),
      });
      before = now;
    }
  };
  await watch('free', 4);
  link.limit(Number(values.rate), Number(values.queue));
  await watch('slow', Number(values.slow));
  link.lift();
  await watch('lifted', Number(values.fast));
  return samples;
}

/** Runs in the page. */
async function publish(): Promise<void> {
  const mediaStream = window.simulcast.source({ width: 1_280, height: 720, isNoisy: true, grainPx: 32 });
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const oscillator = context.createOscillator();
  oscillator.connect(destination);
  oscillator.start();
  for (const track of destination.stream.getAudioTracks()) mediaStream.addTrack(track);
  await window.conference.publishStream({ mediaStream, type: 'MIC_AND_CAM' });
}

/** Runs in the page. Sound that nobody plays is not decoded. */
async function playAll(): Promise<void> {
  for (const view of window.views.values()) {
    const element = new Audio();
    element.srcObject = view.mediaStream;
    await element.play();
  }
}

/** Runs in the page. */
async function read() {
  const facts = {
    bytes: 0,
    heightPx: 0,
    frames: 0,
    concealed: 0,
    samples: 0,
    lost: 0,
    delay: 0,
    emitted: 0,
  };
  for (const report of (await window.simulcast.peer().getStats()).values()) {
    const stats = report as RTCInboundRtpStreamStats;
    if (stats.type !== 'inbound-rtp') continue;
    facts.bytes += stats.bytesReceived ?? 0;
    facts.lost += stats.packetsLost ?? 0;
    if (stats.kind === 'video') {
      facts.heightPx = stats.frameHeight ?? 0;
      facts.frames = stats.framesDecoded ?? 0;
    } else {
      facts.concealed = (stats.concealedSamples ?? 0) - (stats.silentConcealedSamples ?? 0);
      facts.samples = stats.totalSamplesReceived ?? 0;
      facts.delay = stats.jitterBufferDelay ?? 0;
      facts.emitted = stats.jitterBufferEmittedCount ?? 0;
    }
  }
  return { ...facts, atMs: performance.now() };
}

function report(samples: readonly Sample[]): void {
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
