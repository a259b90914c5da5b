import { readFileSync } from 'node:fs';
import type { StatsReport } from '../quality/stream-stats.ts';

type Entry = { [name: string]: unknown; id: string; type: string };

const recorded = JSON.parse(readFileSync(new URL('recorded-stats.json', import.meta.url), 'utf8')) as Record<
  'publish' | 'view',
  readonly (readonly Entry[])[]
>;

/**
 * Two reports, two seconds apart, of a publisher and a viewer of camera and microphone in Chromium over our router;
 * `change` may bend the second.
 */
export function recordedStats(
  direction: 'publish' | 'view',
  change: (entry: Entry) => void = () => {},
): readonly [before: StatsReport, after: StatsReport] {
  const [before = [], after = []] = structuredClone(recorded[direction]);
  for (const entry of after) change(entry);
  return [toReport(before), toReport(after)];
}

function toReport(entries: readonly Entry[]): StatsReport {
  return new Map(entries.map((entry) => [entry.id, entry]));
}
