import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { apiPort, demoPort, demoUrl } from '../support/addresses.ts';

/** Starts the demo and its server, with more `settings`, in a separate process. The returned function stops it. */
export async function startDemo(
  settings: Readonly<Record<string, string>> = {},
): Promise<() => Promise<void>> {
  // Otherwise the benchmark would measure another process.
  if (await isAnswered(demoUrl))
    throw new Error(`Another process already answers at ${demoUrl}. Stop it first.`);
  const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', 'demo/start.ts'], {
    env: {
      ...process.env,
      DEMO_PORT: String(demoPort),
      PARLEY_PORT: String(apiPort),
      PARLEY_RATE_LIMITS: 'off',
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const end = async (): Promise<void> => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  try {
    await untilReady(demoUrl);
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}

async function untilReady(url: string): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  while (Date.now() < deadlineMs) {
    if (await isAnswered(url)) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`The demo did not answer at ${url} within a minute.`);
}

async function isAnswered(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
