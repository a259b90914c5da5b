import { readFileSync } from 'node:fs';
import type { StatsReport } from '../quality/stream-stats.ts';

type Entry = { [name: string]: unknown; id: string; type: string };
type Change = (entry: Entry) => void;
type Direction = 'publish' | 'view';
type Recorded = Record<Direction, readonly (readonly Entry[])[]>;

const inChromium = read<Recorded>('recorded-stats.json');
const inFirefox = read<
  Recorded & { readonly senders: readonly { kind: string; encodings: RTCRtpEncodingParameters[] }[] }
>('recorded-firefox-stats.json');

/**
 * Returns two reports, two seconds apart, of a publisher or viewer of camera and microphone in Chromium, recorded over
 * Parley's media router. `change` may modify the second.
 */
export function recordedStats(
  direction: Direction,
  change: Change = () => {},
): readonly [before: StatsReport, after: StatsReport] {
  return reportsOf(inChromium[direction], change);
}

/** The same in Firefox. The publisher has three layers, of which the SDK paused the largest 5 s before. */
export function recordedFirefoxStats(
  direction: Direction,
  change: Change = () => {},
): readonly [before: StatsReport, after: StatsReport] {
  return reportsOf(inFirefox[direction], change);
}

/** The senders of the publisher in Firefox. */
export function recordedFirefoxSenders(): RTCRtpSender[] {
  return structuredClone(inFirefox.senders).map(
    ({ kind, encodings }) => ({ track: { kind }, getParameters: () => ({ encodings }) }) as RTCRtpSender,
  );
}

function reportsOf(
  recorded: readonly (readonly Entry[])[],
  change: Change,
): readonly [before: StatsReport, after: StatsReport] {
  const [before = [], after = []] = structuredClone(recorded);
  for (const entry of after) change(entry);
  return [toReport(before), toReport(after)];
}

function toReport(entries: readonly Entry[]): StatsReport {
  return new Map(entries.map((entry) => [entry.id, entry]));
}

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Content;
}
