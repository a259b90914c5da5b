import { expect, it } from 'vitest';
import { seededRandom } from '../../testing/seeded-random.ts';
import { MediaClock } from './media-clock.ts';
import { WallClock } from './wall-clock.ts';

const secondsFrom1900To1970 = 2_208_988_800;

/** A track whose RTP clock runs at its own speed, and whose reports name the publisher's wall clock. */
class SimulatedTrack {
  readonly clock: MediaClock;
  readonly #ticksPerMs: number;
  readonly #wallMs: (atMs: number) => number;
  readonly #first: number;

  constructor(wall: WallClock, rate: number, ppm: number, wallMs: (atMs: number) => number, first: number) {
    this.clock = new MediaClock(rate, wall);
    this.#ticksPerMs = (rate / 1_000) * (1 + ppm / 1e6);
    this.#wallMs = wallMs;
    this.#first = first;
  }

  timestampAt(atMs: number): number {
    return (this.#first + Math.round(atMs * this.#ticksPerMs)) >>> 0;
  }

  report(atMs: number, arrivedMs: number): void {
    const wallMs = this.#wallMs(atMs);
    const ntpSeconds = Math.floor(wallMs / 1_000) + secondsFrom1900To1970;
    const ntpFraction = Math.floor(((wallMs % 1_000) / 1_000) * 2 ** 32);
    const rtpTimestamp = this.timestampAt(atMs);
    const report = { ssrc: 1, ntpSeconds, ntpFraction, rtpTimestamp, packetCount: 0, octetCount: 0 };
    this.clock.report({ report, arrivedMs });
  }
}

/** The publisher's clock is a year off, and slower than ours. */
const wallMs = (atMs: number): number => 1_767_225_600_000 - 365 * 86_400_000 + atMs * (1 - 60e-6);

it('keeps audio and video together for an hour, whatever their clocks do', () => {
  const random = seededRandom(1);
  const wall = new WallClock();
  const audio = new SimulatedTrack(wall, 48_000, 250, wallMs, 4_000_000_000);
  const video = new SimulatedTrack(wall, 90_000, -250, wallMs, 123);
  let worstMs = 0;
  let lastAudioMs = Number.NEGATIVE_INFINITY;
  let lastVideoMs = Number.NEGATIVE_INFINITY;
  for (let atMs = 0; atMs <= 60 * 60_000; atMs += 20) {
    const delayMs = 20 + random() * 40;
    if (atMs % 5_000 === 2_500) audio.report(atMs, atMs + delayMs);
    if (atMs % 1_000 === 600) video.report(atMs, atMs + delayMs);
    const audioMs = audio.clock.timeOf(audio.timestampAt(atMs), atMs + delayMs);
    expect(audioMs).toBeGreaterThan(lastAudioMs);
    lastAudioMs = audioMs;
    if (atMs % 40 !== 0) continue;
    const videoMs = video.clock.timeOf(video.timestampAt(atMs), atMs + 20 + random() * 80);
    expect(videoMs).toBeGreaterThan(lastVideoMs);
    lastVideoMs = videoMs;
    // Both were captured at the same moment. The first reports correct what the arrival of the first packets got wrong.
    if (atMs > 10_000) worstMs = Math.max(worstMs, Math.abs(audioMs - videoMs));
  }
  expect(worstMs).toBeLessThan(10);
  // And both are where the router's clock says, apart from the delay of the network.
  expect(Math.abs(lastAudioMs - 60 * 60_000 - 20)).toBeLessThan(60);
});

it('lets time go on while a publisher sends nothing, even if its timestamps stand still', () => {
  const clock = new MediaClock(48_000, new WallClock());
  expect(clock.timeOf(1_000, 500)).toBe(500);
  expect(clock.timeOf(1_000 + 960, 520)).toBe(520);
  expect(clock.timeOf(1_000 + 1_920, 30_540)).toBe(30_540);
  // Timestamps that counted the pause are right as they are.
  expect(clock.timeOf(1_000 + 1_920 + 48_000 * 10, 40_570)).toBeCloseTo(40_540);
});

it('follows timestamps across their wrap', () => {
  const clock = new MediaClock(90_000, new WallClock());
  clock.timeOf(2 ** 32 - 900, 0);
  expect(clock.timeOf(900, 25)).toBe(20);
});

it('corrects what arrived late by the first report, without going back', () => {
  const wall = new WallClock();
  const track = new SimulatedTrack(wall, 90_000, 0, (atMs) => 1e12 + atMs, 0);
  let last = track.clock.timeOf(track.timestampAt(0), 90);
  track.report(10, 20);
  for (let atMs = 33; atMs < 10_000; atMs += 33) {
    const time = track.clock.timeOf(track.timestampAt(atMs), atMs + 10);
    expect(time).toBeGreaterThan(last);
    last = time;
  }
  expect(last - 9_999).toBeLessThan(15);
});
