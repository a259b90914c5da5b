// Measures how long a viewer waits from Conference.join() and from viewStream() to the first decoded frame, and how long
// publishing after joining or while joining takes. Uses a real Chromium and a real server on this machine.
// Prints a table and writes bench-results/first-frame.json.
// Run with `pnpm bench:first-frame [rounds]`, which also starts the demo.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { askForTicket, Caller, newRoom } from '../support/caller.ts';
import { startDemo } from './demo-server.ts';
import { fakeDevices, launchBenchBrowser } from './launch-bench-browser.ts';

interface Timing {
  readonly joinMs: number;
  readonly joinToFirstFrameMs: number;
  readonly viewToFirstFrameMs: number;
  readonly joinThenPublishedMs: number;
  readonly publishedWithJoinMs: number;
}

interface Invitation {
  readonly ticket: string;
  readonly conferenceId: string;
}

const { positionals } = parseArgs({ allowPositionals: true });
const rounds = Number(positionals[0] ?? 20);

const endDemo = await startDemo();
const browser = await launchBenchBrowser(fakeDevices);

try {
  const room = newRoom();
  const publisher = await Caller.open(browser);
  await publisher.join(room, 'publisher');
  await publisher.publish(1, 440);

  const timings: Timing[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const viewer = await Caller.open(browser);
    timings.push({
      ...(await viewer.page.evaluate(timeFirstFrame, await askForTicket(room))),
      ...(await viewer.page.evaluate(timePublished, await askForTicket(newRoom()))),
    });
    await viewer.close();
  }
  report(timings);
} finally {
  await browser.close();
  await endDemo();
}

/** Runs in the page. */
async function timePublished({
  ticket,
  conferenceId,
}: Invitation): Promise<Pick<Timing, 'joinThenPublishedMs' | 'publishedWithJoinMs'>> {
  const { Conference, redeemTicket } = window.Parley;
  const server = location.origin;
  const { token } = await redeemTicket({ server, ticket });
  const publish = { camera: true, microphone: true };
  // Opening a device for the first time is slower than later.
  for (const track of (await navigator.mediaDevices.getUserMedia({ video: true, audio: true })).getTracks()) {
    track.stop();
  }

  const thenAt = performance.now();
  const first = await Conference.join({ server, conferenceId, token });
  await first.publishStream(publish);
  const joinThenPublishedMs = performance.now() - thenAt;
  await first.leave();

  const withAt = performance.now();
  const second = await Conference.join({ server, conferenceId, token, publish });
  await second.published;
  const publishedWithJoinMs = performance.now() - withAt;
  await second.leave();
  return { joinThenPublishedMs, publishedWithJoinMs };
}

/** Runs in the page. */
async function timeFirstFrame({
  ticket,
  conferenceId,
}: Invitation): Promise<Pick<Timing, 'joinMs' | 'joinToFirstFrameMs' | 'viewToFirstFrameMs'>> {
  const { token } = await window.Parley.redeemTicket({ server: location.origin, ticket });
  const startedAt = performance.now();
  const conference = await window.Parley.Conference.join({ server: location.origin, conferenceId, token });
  const joinedAt = performance.now();
  const { viewedAt, firstFrameAt } = await new Promise<{ viewedAt: number; firstFrameAt: number }>(
    (resolve, reject) => {
      conference.on('stream-published', async ({ stream }) => {
        const viewedAt = performance.now();
        try {
          const view = await conference.viewStream(stream.id);
          const video = Object.assign(document.createElement('video'), { muted: true });
          document.body.append(video);
          video.requestVideoFrameCallback(() => resolve({ viewedAt, firstFrameAt: performance.now() }));
          view.attach(video);
        } catch (error) {
          reject(error);
        }
      });
    },
  );
  return {
    joinMs: joinedAt - startedAt,
    joinToFirstFrameMs: firstFrameAt - startedAt,
    viewToFirstFrameMs: firstFrameAt - viewedAt,
  };
}

function report(timings: readonly Timing[]): void {
  const names = [
    'joinMs',
    'joinToFirstFrameMs',
    'viewToFirstFrameMs',
    'joinThenPublishedMs',
    'publishedWithJoinMs',
  ] as const;
  const rows = names.map((name) => {
    const sorted = timings.map((timing) => timing[name]).toSorted((a, b) => a - b);
    const at = (share: number): number =>
      Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN);
    return { what: name, rounds: sorted.length, p50: at(0.5), p90: at(0.9), max: at(1) };
  });
  console.table(rows);
  mkdirSync('bench-results', { recursive: true });
  writeFileSync('bench-results/first-frame.json', `${JSON.stringify({ rows, timings }, null, 2)}\n`);
}
