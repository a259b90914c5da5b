import { followQuality } from './follow-quality.ts';
import { followSpeakers } from './follow-speakers.ts';
import type { InsightVerbs } from './insight.ts';

/** What can be measured. */
export type Measured = 'quality' | 'sound';

const followers = { quality: followQuality, sound: followSpeakers };

/** What runs for one conference, and for how many events. */
type Running = Map<Measured, { count: number; readonly stop: () => void }>;

const runningFor = new WeakMap<InsightVerbs, Running>();

/** Measures until the returned function is called; once for all events of one conference that are told of it. */
export function follow(what: Measured, verbs: InsightVerbs): () => void {
  const running: Running = runningFor.get(verbs) ?? new Map();
  runningFor.set(verbs, running);
  const entry = running.get(what) ?? { count: 0, stop: followers[what](verbs) };
  running.set(what, entry);
  entry.count += 1;
  return () => {
    entry.count -= 1;
    if (entry.count > 0) return;
    running.delete(what);
    entry.stop();
  };
}
