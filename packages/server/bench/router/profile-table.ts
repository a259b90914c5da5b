import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a V8 CPU profile that this file reads. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const shownFunctions = 20;
/** Time that a server needs to exit after the load. */
const endSeconds = 1;

/**
 * Where the JavaScript threads with a profile in this folder spent the last `seconds` of their load: functions by self
 * time, in percent of the non-idle time. Native code counts for its caller.
 */
export function profileTable(folder: string, seconds: number): Record<string, { readonly percent: number }> {
  const timesUs = new Map<string, number>();
  for (const name of readdirSync(folder)) {
    add(JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile, seconds, timesUs);
  }
  const busyUs = [...timesUs.values()].reduce((sum, us) => sum + us, 0);
  return Object.fromEntries(
    [...timesUs]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, shownFunctions)
      .map(([name, us]) => [name, { percent: Number(((100 * us) / busyUs).toFixed(1)) }]),
  );
}

function add(profile: CpuProfile, seconds: number, timesUs: Map<string, number>): void {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const untilUs = profile.endTime - endSeconds * 1e6;
  const fromUs = untilUs - seconds * 1e6;
  let atUs = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    atUs += profile.timeDeltas[index] ?? 0;
    const frame = frames.get(id);
    if (!frame || atUs < fromUs || atUs > untilUs || frame.functionName === '(idle)') continue;
    const { functionName, url, lineNumber } = frame;
    const place = url === '' ? '' : ` ${url.slice(url.lastIndexOf('/') + 1)}:${lineNumber + 1}`;
    const name = `${functionName || '(anonymous)'}${place}`;
    timesUs.set(name, (timesUs.get(name) ?? 0) + (profile.timeDeltas[index + 1] ?? 0));
  }
}
