import { type Browser } from '@playwright/test';
import { Caller, newRoom } from './caller.ts';
import { expect } from './expect.ts';
import { setVideo } from './page-scripts.ts';
import { installSimulcastProbe } from './simulcast-probe.ts';

/** What a viewer saw and heard in a second. */
export interface ViewSample {
  readonly receivedBps: number;
  readonly heightPx: number;
  readonly frames: number;
  /** Frames that the publisher's encoder made of this height. */
  readonly encodedFrames: number;
  /** Share of the sound that had to be made up. */
  readonly concealed: number;
  readonly packetsLost: number;
  /** Time that packets of sound waited for their turn in the jitter buffer, in ms. */
  readonly audioDelayMs: number;
}

/** How a call differs from what the SDK does by itself. */
export interface SlowLinkViewOptions {
  /** Whether the picture is published in several sizes. Default: it is. */
  readonly simulcast?: boolean;
  /** Whether the viewer tells when each packet arrived; otherwise it only estimates (REMB). Default: it does. */
  readonly hasTransportFeedback?: boolean;
}

/** A call in which one browser publishes a picture that no encoder can make small, with a tone, and another views it. */
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

  /** Settles once the viewer, a page of `behind`, gets the largest picture, or the only one. */
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
    // No element shows the video, so that it is to be sent as large as the link carries.
    await viewer.page.evaluate(setVideo, {});
    await viewer.page.evaluate(playAll);
    // How large a single size is, the encoder decides by what the machine has time for.
    await expect
      .poll(async () => (await viewer.page.evaluate(read)).heightPx, { timeout: 30_000 })
      .toBeGreaterThanOrEqual(simulcast ? 720 : 1);
    return new SlowLinkView(publisher, viewer, await viewer.page.evaluate(read));
  }

  /** What the viewer gets in the next second. */
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
  const picture = { width: 1_280, height: 720, isNoisy: true, grainPx: 32 };
  const mediaStream = window.simulcast.source({ ...picture, hasTone: true });
  await window.conference.publishStream({ mediaStream, type: 'MIC_AND_CAM', simulcast });
}

/** Runs in the viewer's page: its browser is one that does not know transport-wide feedback. */
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

/** Runs in the page. Sound that nobody plays is not decoded. */
async function playAll(): Promise<void> {
  for (const view of window.views.values()) {
    const element = new Audio();
    element.srcObject = view.mediaStream;
    await element.play();
  }
}

/** Runs in the publisher's page: frames that were encoded so far, by height. */
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
