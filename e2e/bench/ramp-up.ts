// Measures how fast a publisher's encoder ramps up: what it sends of noisy 720p video, second by second, in a real Chromium
// with a real server on this machine. Prints a table and writes bench-results/ramp-up.json.
// Run with `pnpm bench:ramp-up [--plain] [--own-start] [--uplink=<bit/s>] [starts]`, which also starts the demo. `--plain`
// measures a browser without the SDK's help: one layer without a limit and an unmodified answer. `--own-start` also removes
// the start bitrate from the answer. `--uplink` adds audio and slows down the link to the server (root, iproute2).
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { demoPort } from '../support/addresses.ts';
import { Caller, newRoom } from '../support/caller.ts';
import { installSimulcastProbe } from '../support/simulcast-probe.ts';
import { SlowLink } from '../support/slow-link.ts';
import { startDemo } from './demo-server.ts';
import { launchBenchBrowser } from './launch-bench-browser.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    plain: { type: 'boolean', default: false },
    'own-start': { type: 'boolean', default: false },
    /** In bits per second. */
    uplink: { type: 'string' },
  },
});
const isPlain = values.plain || values['own-start'];
/** Maximum queueing delay of the slow uplink. */
const uplinkQueueMs = 200;
const starts = Number(positionals[0] ?? 10);
/** After that, layers without viewers are switched off. */
const seconds = 5;
const goalBps = 1_500_000;

/** What the browser reports about sending in one second. */
interface Sample {
  /** Sent bits per second. */
  readonly sentBps: number;
  /** Part of it that was retransmitted: repairs and bandwidth probes. */
  readonly resentBps: number;
  /** The browser's estimate at the end of the second. */
  readonly estimateBps: number;
  /** Sum of the encoders' target bitrates. */
  readonly targetBps: number;
  /** Frames that the page gave to the encoder: a busy machine draws fewer than 30. */
  readonly drawnFrames: number;
  readonly encodedFrames: number;
  /** Height of the largest layer. Encoders reduce it if they cannot compress enough. */
  readonly heightPx: number;
  /** Encoding time of one frame, summed over all layers. */
  readonly encodeMsPerFrame: number;
  /** What limits the encoders: `none`, `bandwidth`, `cpu` or `other`, for each layer. */
  readonly limitations: string;
  /** Lost shares of audio and video and the round-trip time, from the server's latest reports. */
  readonly audioLost: number;
  readonly videoLost: number;
  readonly roundTripMs: number;
}

interface Start {
  readonly samples: readonly Sample[];
  /** Seconds until a second's rate passed the goal. */
  readonly toGoalSeconds: number | null;
}

const endDemo = await startDemo();
const link = values.uplink === undefined ? undefined : new SlowLink();
await link?.open(demoPort);
link?.limitUp(Number(values.uplink), uplinkQueueMs);
const browser = await (link ? link.launchBrowser() : launchBenchBrowser());

try {
  const results: Start[] = [];
  for (let start = 0; start < starts; start += 1) {
    const caller = await Caller.open(browser);
    await caller.page.evaluate(installSimulcastProbe, isPlain ? [{}] : []);
    if (isPlain) await caller.page.evaluate(leaveEncoderAlone, values['own-start']);
    await caller.join(newRoom(), 'publisher');
    const samples = await caller.page.evaluate(sampleStart, {
      seconds,
      isPlain,
      hasAudio: link !== undefined,
    });
    const passed = samples.findIndex(({ sentBps }) => sentBps >= goalBps);
    results.push({
      samples,
      toGoalSeconds: passed < 0 ? null : passed + 1,
    });
    await caller.close();
  }
  report(results);
} finally {
  await browser.close();
  link?.close();
  await endDemo();
}

/** Runs in the page: keeps the SDK's settings from reaching the encoder. */
function leaveEncoderAlone(ownStart: boolean): void {
  const nativeFetch = window.fetch;
  let answered: string | undefined;
  window.fetch = async (input, init) => {
    const response = await nativeFetch(input, init);
    if (response.url.endsWith('/publishStream')) {
      answered = ((await response.clone().json()) as { readonly sdpAnswer: string }).sdpAnswer;
    }
    return response;
  };
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    override async setRemoteDescription({ type }: RTCSessionDescriptionInit): Promise<void> {
      if (answered === undefined) throw new Error('The server has not answered a publisher.');
      const sdp = ownStart ? answered.replace(/;?x-google-start-bitrate=\d+/g, '') : answered;
      await super.setRemoteDescription({ type, sdp });
    }
  };
  RTCRtpSender.prototype.setParameters = () => Promise.resolve();
}

interface StartOptions {
  readonly seconds: number;
  readonly isPlain: boolean;
  readonly hasAudio: boolean;
}

/** Runs in the page. */
async function sampleStart({ seconds, isPlain, hasAudio }: StartOptions): Promise<Sample[]> {
  const video = { width: 1_280, height: 720, isNoisy: true, grainPx: 8 };
  const mediaStream = window.simulcast.source({ ...video, hasTone: hasAudio });
  const type = hasAudio ? 'MIC_AND_CAM' : 'CAM';
  await window.conference.publishStream({ mediaStream, type, simulcast: !isPlain });
  const read = async () => {
    const facts = {
      sent: 0,
      resent: 0,
      estimateBps: 0,
      targetBps: 0,
      drawn: 0,
      frames: 0,
      heightPx: 0,
      encodeMs: 0,
      audioLost: 0,
      videoLost: 0,
      roundTripMs: 0,
    };
    const limitations: string[] = [];
    for (const report of (await window.simulcast.peer().getStats()).values()) {
      const stats = report as RTCOutboundRtpStreamStats & RTCIceCandidatePairStats & { frames?: number };
      const type: string = stats.type;
      if (type === 'candidate-pair') {
        facts.estimateBps = Math.max(facts.estimateBps, stats.availableOutgoingBitrate ?? 0);
      } else if (type === 'media-source') {
        facts.drawn += stats.frames ?? 0;
      } else if (type === 'remote-inbound-rtp') {
        const {
          kind,
          fractionLost = 0,
          roundTripTime = 0,
        } = report as {
          readonly kind: string;
          readonly fractionLost?: number;
          readonly roundTripTime?: number;
        };
        if (kind === 'audio') facts.audioLost = fractionLost;
        else facts.videoLost = Math.max(facts.videoLost, fractionLost);
        facts.roundTripMs = Math.max(facts.roundTripMs, Math.round(roundTripTime * 1_000));
      } else if (type === 'outbound-rtp') {
        facts.sent += stats.bytesSent ?? 0;
        facts.resent += stats.retransmittedBytesSent ?? 0;
        facts.targetBps += stats.targetBitrate ?? 0;
        facts.frames = Math.max(facts.frames, stats.framesEncoded ?? 0);
        facts.heightPx = Math.max(facts.heightPx, stats.frameHeight ?? 0);
        facts.encodeMs += (stats.totalEncodeTime ?? 0) * 1_000;
        limitations.push(stats.qualityLimitationReason ?? '?');
      }
    }
    return { ...facts, limitations: limitations.join(' '), atMs: performance.now() };
  };
  const samples: Sample[] = [];
  let before = await read();
  for (let second = 0; second < seconds; second += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 1_000);
    });
    const now = await read();
    const bps = (bytes: number): number => Math.round((bytes * 8_000) / (now.atMs - before.atMs));
    const encodedFrames = now.frames - before.frames;
    samples.push({
      sentBps: bps(now.sent - before.sent),
      resentBps: bps(now.resent - before.resent),
      estimateBps: Math.round(now.estimateBps),
      targetBps: Math.round(now.targetBps),
      drawnFrames: now.drawn - before.drawn,
      encodedFrames,
      heightPx: now.heightPx,
      encodeMsPerFrame: Math.round((now.encodeMs - before.encodeMs) / Math.max(1, encodedFrames)),
      limitations: now.limitations,
      audioLost: now.audioLost,
      videoLost: now.videoLost,
      roundTripMs: now.roundTripMs,
    });
    before = now;
  }
  return samples;
}

function report(results: readonly Start[]): void {
  const mbps = (bps: number): number => Math.round(bps / 10_000) / 100;
  console.table(
    results.map(({ samples, toGoalSeconds }) => ({
      ...Object.fromEntries(samples.map(({ sentBps }, index) => [`sent ${index + 1} s`, mbps(sentBps)])),
      resent: mbps(Math.max(...samples.map(({ resentBps }) => resentBps))),
      'estimate 1 s': mbps(samples[0]?.estimateBps ?? 0),
      'estimate end': mbps(samples.at(-1)?.estimateBps ?? 0),
      'target 1 s': mbps(samples[0]?.targetBps ?? 0),
      'target end': mbps(samples.at(-1)?.targetBps ?? 0),
      'drawn/s': samples.at(-1)?.drawnFrames,
      'frames/s': samples.at(-1)?.encodedFrames,
      height: samples.at(-1)?.heightPx,
      'encode ms': samples.at(-1)?.encodeMsPerFrame,
      limited: samples.at(-1)?.limitations,
      'to 1.5 Mbps': toGoalSeconds,
      ...(link && {
        'audio lost %': samples.map(({ audioLost }) => Math.round(audioLost * 100)).join(' '),
        'video lost %': samples.map(({ videoLost }) => Math.round(videoLost * 100)).join(' '),
        'round trip ms': samples.map(({ roundTripMs }) => roundTripMs).join(' '),
      }),
    })),
  );
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/ramp-up.json', `${JSON.stringify({ goalBps, values, results }, null, 2)}\n`);
}
