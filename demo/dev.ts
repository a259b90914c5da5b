// `npm run dev`: the demo for developers of Parley. The server, the pages and the build of the script-tag file run as
// processes of their own, each of which watches its sources.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { scriptTagFile, startDevPrograms } from './dev-programs.ts';
import { isListening } from './is-listening.ts';
import { readSettings, type Settings } from './read-settings.ts';
import { requireFreePort } from './require-free-port.ts';
import { runOrExplain } from './run-or-explain.ts';
import { welcome } from './welcome.ts';

const command = 'npm run dev';

await runOrExplain(async () => {
  const settings = readSettings(command);
  await requireFreePort('PARLEY_PORT', settings.apiPort, command);
  await requireFreePort('DEMO_PORT', settings.pagesPort, command);
  // Conferences and tokens survive a restart of the server, so calls in open pages go on.
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-dev-'));
  const programs = startDevPrograms(settings, dataDir);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  stop.signal.addEventListener('abort', () => programs.forEach((program) => program.kill()));
  const ended = Promise.all(programs.map((program) => untilExit(program, stop)));
  // Until then the server would announce an address of its own beside the one to open.
  programs.forEach(({ stdout }) => stdout?.resume());
  await untilReady(settings, stop.signal);
  if (!stop.signal.aborted) console.log(welcome(settings, command));
  programs.forEach(({ stdout }) => stdout?.pipe(process.stdout));
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
});

/** Resolves when `program` has exited. Stops the others, because two of the three are of no use. */
async function untilExit(program: ChildProcess, stop: AbortController): Promise<void> {
  await once(program, 'exit');
  if (stop.signal.aborted) return;
  process.exitCode = 1;
  stop.abort();
}

/** Waits without a deadline: a program that fails at its start runs again when its source is saved. */
async function untilReady({ apiPort, pagesPort }: Settings, stopped: AbortSignal): Promise<void> {
  const isReady = async (): Promise<boolean> =>
    existsSync(scriptTagFile) && (await isListening(apiPort)) && (await isListening(pagesPort));
  while (!stopped.aborted && !(await isReady())) await setTimeout(50);
}
