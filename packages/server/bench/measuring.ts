import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once this process is almost idle. */
export async function untilQuiet(): Promise<void> {
  for (;;) {
    const before = process.cpuUsage();
    await sleep(500);
    if (cpuSeconds(before) < 0.02) return;
  }
}

export interface Memory {
  readonly rss: number;
  readonly heap: number;
}

export function restingMemory(): Memory {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

/** RSS includes freed pages; the heap is what is really in use. */
export function memoryEach(before: Memory, count: number): Record<string, number> {
  const { rss, heap } = restingMemory();
  return {
    'RSS each (kB)': round((rss - before.rss) / count / 1024),
    'heap each (kB)': round((heap - before.heap) / count / 1024),
  };
}

export function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function requireFileDescriptors(needed: number): void {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });
  if (Number(stdout) < needed) {
    console.error(
      `This takes ${needed} file descriptors in each of two processes, and ${stdout.trim()} are allowed. Raise it with "ulimit -n ${needed}", or pass a lower number.`,
    );
    process.exit(1);
  }
}
