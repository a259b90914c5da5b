import { spawn } from 'node:child_process';
import { apiPort, demoPort, demoUrl } from '../support/addresses.ts';

/** Starts the demo and its server in a separate process. Call the returned function to stop it. */
export async function startDemo(): Promise<() => void> {
  // Otherwise the benchmark would measure another process.
  if (await isAnswered(demoUrl))
    throw new Error(`Another process already answers at ${demoUrl}. Stop it first.`);
  const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', 'demo/start.ts'], {
    env: {
      ...process.env,
      DEMO_PORT: String(demoPort),
      PARLEY_PORT: String(apiPort),
      PARLEY_RATE_LIMITS: 'off',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const end = () => void child.kill('SIGTERM');
  try {
    await untilReady(demoUrl);
  } catch (error) {
    end();
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
