import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;
const pageBytes = 4_096;

/** The resource usage of processes and their children. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** The part of it in each process's first thread, which runs JavaScript. */
  readonly mainThreadSeconds: number;
  readonly residentBytes: number;
  /** Processor time of each process. */
  readonly eachCpuSeconds: readonly number[];
}

/** Reads Linux's accounting of processes and their living children. */
export function usageOf(pids: readonly number[]): ProcessUsage {
  const each = pids
    .flatMap((pid) => [pid, ...childrenOf(pid)])
    .map((one) => ({
      whole: readStat(`/proc/${one}/stat`),
      mainThread: readStat(`/proc/${one}/task/${one}/stat`),
    }));
  return {
    cpuSeconds: each.reduce((sum, { whole }) => sum + whole.cpuSeconds, 0),
    mainThreadSeconds: each.reduce((sum, { mainThread }) => sum + mainThread.cpuSeconds, 0),
    residentBytes: each.reduce((sum, { whole }) => sum + whole.residentBytes, 0),
    eachCpuSeconds: each.map(({ whole }) => whole.cpuSeconds),
  };
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
    .filter((child) => child !== '')
    .map(Number);
}

function readStat(path: string): { readonly cpuSeconds: number; readonly residentBytes: number } {
  const stat = readFileSync(path, 'utf8');
  // The name in parentheses may contain spaces.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [userTicks = 0, systemTicks = 0] = [fields[11], fields[12]];
  return {
    cpuSeconds: (userTicks + systemTicks) / ticksPerSecond,
    residentBytes: (fields[21] ?? 0) * pageBytes,
  };
}
