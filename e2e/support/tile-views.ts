import type { Browser, Page } from '@playwright/test';
import { askForTicket, Caller, newRoom } from './caller.ts';
import { installSimulcastProbe } from './simulcast-probe.ts';

const tileHeightPx = 360;
const sampleMs = 250;
/** Each participant keeps a request open for events, and a browser opens six connections to a server. */
const participantsPerPage = 3;

/** What one view has received until a moment. */
interface ViewCounts {
  readonly frames: number;
  readonly heightPx: number;
  readonly bytes: number;
  readonly concealed: number;
  readonly samples: number;
}

interface TileSample {
  /** Since the viewer began to join, in milliseconds. */
  readonly atMs: number;
  readonly views: readonly ViewCounts[];
}

/** How well several views share one link. */
export interface TileFigures {
  /** When the last of the views showed its first frame; undefined if one never did. */
  readonly allFirstFramesMs: number | undefined;
  /** The longest time that a view stood still after its first frame, or had none after the start. */
  readonly longestStillMs: number;
  /** Of the seconds of all views after the start, those without a frame. */
  readonly stillShare: number;
  /** Jain's index of what the views received: 1 if all received the same, 1/n if one received everything. */
  readonly fairness: number;
  readonly concealedAtStart: number;
  readonly concealedAfter: number;
  readonly receivedBps: number;
  /** Of each view at the end. */
  readonly heightsPx: readonly number[];
}

/** A viewer of several published videos of 640 × 360 with tones, in two layers, as tiles of that size. */
export class TileViews {
  readonly #publishers: readonly Page[];
  readonly #viewer: Page;
  readonly #room: string;
  readonly #count: number;

  private constructor(publishers: readonly Page[], viewer: Page, room: string, count: number) {
    this.#publishers = publishers;
    this.#viewer = viewer;
    this.#room = room;
    this.#count = count;
  }

  /** Publishes the streams from pages of `browser`. `viewer` is the page that will view them. */
  static async publish(browser: Browser, viewer: Page, count: number): Promise<TileViews> {
    const room = newRoom();
    const publishers: Page[] = [];
    for (let left = count; left > 0; left -= participantsPerPage) {
      const { page } = await Caller.open(browser);
      publishers.push(page);
      await page.evaluate(installSimulcastProbe, []);
      const participants = { length: Math.min(left, participantsPerPage) };
      const invitations = await Promise.all(Array.from(participants, () => askForTicket(room)));
      await page.evaluate(publishTiles, invitations);
    }
    return new TileViews(publishers, viewer, room, count);
  }

  /** Views all streams for this long, from joining on. The start counts apart. */
  async watch(seconds: number, startSeconds: number): Promise<TileFigures> {
    const { ticket, conferenceId } = await askForTicket(this.#room);
    const options = {
      ticket,
      conferenceId,
      count: this.#count,
      seconds,
      sampleMs,
      maxHeightPx: tileHeightPx,
    };
    return figuresOf(await this.#viewer.evaluate(viewTiles, options), startSeconds * 1_000);
  }

  async close(): Promise<void> {
    await this.#viewer.context().close();
    for (const page of this.#publishers) await page.context().close();
  }
}

/** The figures of what several views received. */
function figuresOf(samples: readonly TileSample[], startMs: number): TileFigures {
  const views = (samples[0]?.views ?? []).map((_, view) => {
    return samples.flatMap(({ atMs, views }) => ({ atMs, ...(views[view] ?? nothing) }));
  });
  const firstMs = views.map((counts) => counts.find(({ frames }) => frames > 0)?.atMs);
  const last = samples.at(-1)?.views ?? [];
  const atStart = samples.findLast(({ atMs }) => atMs <= startMs)?.views ?? [];
  const bytes = last.map(({ bytes }, view) => bytes - (atStart[view]?.bytes ?? 0));
  const sumBytes = sum(bytes);
  const lastMs = samples.at(-1)?.atMs ?? 0;
  const stillMs = views.flatMap((counts) => stillTimesMs(counts, startMs));
  const stillSeconds = views.flatMap((counts) => secondsWithoutFrame(counts, startMs));
  return {
    allFirstFramesMs: firstMs.includes(undefined) ? undefined : Math.max(...firstMs.map((ms) => ms ?? 0)),
    longestStillMs: Math.max(0, ...stillMs),
    stillShare: sum(stillSeconds.map(Number)) / Math.max(1, stillSeconds.length),
    fairness: sumBytes ** 2 / (bytes.length * sum(bytes.map((one) => one ** 2))),
    concealedAtStart: concealedBetween([], atStart),
    concealedAfter: concealedBetween(atStart, last),
    receivedBps: Math.round((sumBytes * 8_000) / Math.max(1, lastMs - startMs)),
    heightsPx: last.map(({ heightPx }) => heightPx),
  };
}

const nothing: ViewCounts = { frames: 0, heightPx: 0, bytes: 0, concealed: 0, samples: 0 };

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function concealedBetween(from: readonly ViewCounts[], to: readonly ViewCounts[]): number {
  const of = (what: 'concealed' | 'samples'): number =>
    sum(to.map((counts, view) => counts[what] - (from[view]?.[what] ?? 0)));
  return of('concealed') / Math.max(1, of('samples'));
}

type TimedCounts = ViewCounts & { readonly atMs: number };

/** The times from one new frame to the next, from the first frame on, or from the start for a view without any. */
function stillTimesMs(counts: readonly TimedCounts[], startMs: number): number[] {
  const times: number[] = [];
  let sinceMs: number | undefined;
  let frames = 0;
  for (const { atMs, frames: now } of counts) {
    if (now > frames) {
      if (sinceMs !== undefined) times.push(atMs - sinceMs);
      sinceMs = atMs;
      frames = now;
    } else if (sinceMs === undefined && atMs >= startMs) {
      sinceMs = startMs;
    }
  }
  const endMs = counts.at(-1)?.atMs ?? 0;
  return [...times, endMs - (sinceMs ?? startMs)];
}

/** Whether each second after the start had no frame. */
function secondsWithoutFrame(counts: readonly TimedCounts[], startMs: number): boolean[] {
  const framesAt = (ms: number): number => counts.findLast(({ atMs }) => atMs <= ms)?.frames ?? 0;
  const seconds = Math.floor(((counts.at(-1)?.atMs ?? 0) - startMs) / 1_000);
  return Array.from({ length: seconds }, (_, second) => {
    const fromMs = startMs + second * 1_000;
    return framesAt(fromMs + 1_000) === framesAt(fromMs);
  });
}

/** Runs in the page: publishes one stream as each of several participants. */
async function publishTiles(
  invitations: readonly { readonly ticket: string; readonly conferenceId: string }[],
): Promise<void> {
  const server = location.origin;
  for (const { ticket, conferenceId } of invitations) {
    const { token } = await window.Parley.redeemTicket({ server, ticket });
    const conference = await window.Parley.Conference.join({ server, conferenceId, token });
    const video = { width: 640, height: 360, isNoisy: true, grainPx: 16 };
    const mediaStream = window.simulcast.source({ ...video, hasTone: true });
    await conference.publishStream({ mediaStream, type: 'MIC_AND_CAM' });
  }
}

/** Runs in the viewer's page: joins, views every stream, plays it, and samples what arrives. */
async function viewTiles({
  ticket,
  conferenceId,
  count,
  seconds,
  sampleMs,
  maxHeightPx,
}: {
  readonly ticket: string;
  readonly conferenceId: string;
  readonly count: number;
  readonly seconds: number;
  readonly sampleMs: number;
  readonly maxHeightPx: number;
}): Promise<TileSample[]> {
  const server = location.origin;
  const { token } = await window.Parley.redeemTicket({ server, ticket });
  const startedMs = performance.now();
  const conference = await window.Parley.Conference.join({ server, conferenceId, token });
  conference.on('stream-published', async ({ stream }) => {
    const view = await conference.viewStream(stream.id, { video: { maxHeightPx } });
    // Browsers do not decode audio that no element plays.
    const element = new Audio();
    element.srcObject = view.mediaStream;
    await element.play();
  });
  const read = async (peer: RTCPeerConnection | undefined): Promise<ViewCounts> => {
    const counts = { frames: 0, heightPx: 0, bytes: 0, concealed: 0, samples: 0 };
    if (!peer || peer.connectionState === 'closed') return counts;
    for (const report of (await peer.getStats()).values()) {
      const stats = report as RTCInboundRtpStreamStats;
      if (stats.type !== 'inbound-rtp') continue;
      counts.bytes += stats.bytesReceived ?? 0;
      if (stats.kind === 'video') {
        counts.heightPx = stats.frameHeight ?? 0;
        counts.frames = stats.framesDecoded ?? 0;
      } else {
        counts.concealed = (stats.concealedSamples ?? 0) - (stats.silentConcealedSamples ?? 0);
        counts.samples = stats.totalSamplesReceived ?? 0;
      }
    }
    return counts;
  };
  const samples: TileSample[] = [];
  for (let atMs = 0; atMs < seconds * 1_000;) {
    await new Promise((resolve) => {
      setTimeout(resolve, sampleMs);
    });
    const peers = window.probe.peerConnections().filter((peer) => peer.getReceivers().length > 0);
    const views = await Promise.all(Array.from({ length: count }, (_, view) => read(peers[view])));
    atMs = performance.now() - startedMs;
    samples.push({ atMs, views });
  }
  return samples;
}
