import { type Browser } from '@playwright/test';
import { Caller, newRoom } from './caller.ts';
import { expect } from './expect.ts';
import { setVideo } from './page-scripts.ts';
import { installSimulcastProbe } from './simulcast-probe.ts';

/** What a viewer received in one second. */
export interface ViewSample {
  readonly receivedBps: number;
  readonly heightPx: number;
  readonly frames: number;
  /** Frames of this height that the publisher encoded. */
  readonly encodedFrames: number;
  /** Share of audio that was concealed. */
  readonly concealed: number;
  readonly packetsLost: number;
  /** Time that audio spent in the jitter buffer, in milliseconds. */
  readonly audioDelayMs: number;
}

/** How a call differs from the SDK's defaults. */
export interface SlowLinkViewOptions {
  /** Whether the video is published in several sizes. Default true. */
  readonly simulcast?: boolean;
  /** Whether the viewer reports the arrival time of each packet; otherwise it sends only estimates (REMB). Default true. */
  readonly hasTransportFeedback?: boolean;
}

/** A call in which one browser publishes poorly compressible video with a tone, and another one views it. */
export class SlowLinkView {
  readonly #publisher: Caller;
  readonly #viewer: Caller;
  #before: Awaited<ReturnType<typeof read>>;
  #encodedBefore: Awaited<ReturnType<typeof readEncoded>> = {};

  private constructor(publisher: Caller, viewer: Caller, before: Awaited<ReturnType<typeof read>>) {
    this.#publisher = publisher;
    this.#viewer = viewer;
    this.#before = before;
  }

  /** Resolves once the viewer, a page in the browser `behind` the link, receives the largest or only layer. */
  static async open(
    browser: Browser,
    behind: Browser,
    { simulcast = true, hasTransportFeedback = true }: SlowLinkViewOptions = {},
  ): Promise<SlowLinkView> {
    const room = newRoom();
    const publisher = await Caller.open(browser);
    await publisher.page.evaluate(installSimulcastProbe, []);
    await publisher.join(room, 'publisher');
    await publisher.page.evaluate(publish, simulcast);
    const viewer = await Caller.open(behind);
    await viewer.page.evaluate(installSimulcastProbe, []);
    if (!hasTransportFeedback) await viewer.page.evaluate(offerNoTransportFeedback);
    await viewer.join(room, 'viewer');
    // No element shows the video, so request it as large as the link carries.
    await viewer.page.evaluate(setVideo, {});
    await viewer.page.evaluate(playAll);
    // With a single size, the encoder picks it by the machine's speed, so any height is accepted.
    await expect
      .poll(async () => (await viewer.page.evaluate(read)).heightPx, { timeout: 30_000 })
      .toBeGreaterThanOrEqual(simulcast ? 720 : 1);
    return new SlowLinkView(publisher, viewer, await viewer.page.evaluate(read));
  }

  /** What the viewer receives in the next second. */
  async nextSecond(): Promise<ViewSample> {
    await this.#viewer.page.waitForTimeout(1_000);
    const now = await this.#viewer.page.evaluate(read);
    const before = this.#before;
    this.#before = now;
    const encoded = await this.#publisher.page.evaluate(readEncoded);
    const encodedBefore = this.#encodedBefore;
    this.#encodedBefore = encoded;
    return {
      receivedBps: Math.round(((now.bytes - before.bytes) * 8_000) / (now.atMs - before.atMs)),
      heightPx: now.heightPx,
      frames: now.frames - before.frames,
      encodedFrames: (encoded[now.heightPx] ?? 0) - (encodedBefore[now.heightPx] ?? 0),
      concealed: (now.concealed - before.concealed) / Math.max(1, now.samples - before.samples),
      packetsLost: now.lost - before.lost,
      audioDelayMs: Math.round(
        ((now.delay - before.delay) * 1_000) / Math.max(1, now.emitted - before.emitted),
      ),
    };
  }

  async close(): Promise<void> {
    await this.#publisher.close();
    await this.#viewer.close();
  }
}

/** Runs in the page. */
async function publish(simulcast: boolean): Promise<void> {
  const video = { width: 1_280, height: 720, isNoisy: true, grainPx: 32 };
  const mediaStream = window.simulcast.source({ ...video, hasTone: true });
  await window.conference.publishStream({ mediaStream, type: 'MIC_AND_CAM', simulcast });
}

/** Runs in the viewer's page: makes it a browser without transport-wide feedback. */
function offerNoTransportFeedback(): void {
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    override async createOffer(): Promise<never> {
      const { type, sdp = '' } = await super.createOffer();
      const kept = sdp.split('\r\n').filter((line) => !/transport-cc|transport-wide-cc/.test(line));
      return { type, sdp: kept.join('\r\n') } as never;
    }
  };
}

/** Runs in the page. Browsers do not decode audio that no element plays. */
async function playAll(): Promise<void> {
  for (const view of window.views.values()) {
    const element = new Audio();
    element.srcObject = view.mediaStream;
    await element.play();
  }
}

/** Runs in the publisher's page: frames encoded so far, by height. */
async function readEncoded(): Promise<Record<number, number>> {
  const frames: Record<number, number> = {};
  for (const report of (await window.simulcast.peer().getStats()).values()) {
    const { type, frameHeight = 0, framesEncoded = 0 } = report as RTCOutboundRtpStreamStats;
    if (type === 'outbound-rtp' && frameHeight > 0) frames[frameHeight] = framesEncoded;
  }
  return frames;
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
