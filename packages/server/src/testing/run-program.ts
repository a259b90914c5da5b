import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';

const mainProgram = new URL('../main.ts', import.meta.url);

/** The server's program as its own process. */
export interface RunningProgram {
  readonly child: ChildProcess;
  /** Everything printed so far. */
  readonly printed: { output: string };
  /** Its exit code; null if a signal ended it. */
  readonly exited: Promise<number | null>;
}

/** Starts a program, with these variables and arguments, on a free port. It ends with the test at the latest. */
export function runProgram(
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  program: URL = mainProgram,
): RunningProgram {
  const child = spawn(
    process.execPath,
    ['--conditions=@parley-rtc/source', fileURLToPath(program), ...args],
    {
      env: { PATH: process.env['PATH'], PARLEY_PORT: '0', ...variables },
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { output: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed.output += chunk.toString();
    });
  }
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return { child, printed, exited };
}

/** The URL that a starting program prints, within `timeoutMs`. */
export async function urlOf({ printed }: RunningProgram, timeoutMs = 60_000): Promise<string> {
  await expect.poll(() => printed.output, { timeout: timeoutMs }).toMatch(/\n/);
  const url = /^Parley listens on (\S+)/m.exec(printed.output)?.[1];
  if (url === undefined) throw new Error(`The program did not start: ${printed.output}`);
  return url;
}
