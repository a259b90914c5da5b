// Whether the packed server starts, serves and stops, as `npx @parley-rtc/server` does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

const startTimeoutMs = 60_000;
/** What a newcomer asks it for, and what a part of the answer is. */
const answers = { '/healthz': '', '/readyz': '', '/openapi.yaml': 'openapi: 3.1', '/docs': '<html' };

/** Returns what is wrong with the server that is installed in `folder`. */
export async function faultsOfServer(folder) {
  const program = join(folder, 'node_modules/@parley-rtc/server/bin/parley-server.cjs');
  const env = { PATH: process.env.PATH, PARLEY_PORT: '0' };
  const child = spawn(process.execPath, [program], { env, stdio: 'pipe' });
  const exited = once(child, 'exit');
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  const listening = async () => {
    for (;;) {
      const [, url] = /Parley listens on (\S+)/.exec(printed) ?? [];
      if (url !== undefined || child.exitCode !== null) return url;
      await after(50);
    }
  };
  try {
    const url = await Promise.race([listening(), after(startTimeoutMs, undefined, { ref: false })]);
    if (url === undefined) return [`The server does not start:\n${printed}`];
    const faults = [];
    for (const [path, part] of Object.entries(answers)) {
      const answer = await fetch(`${url}${path}`);
      const text = await answer.text();
      if (!answer.ok || !text.includes(part))
        faults.push(`${path} answers ${answer.status}: ${text.slice(0, 200)}`);
    }
    child.kill('SIGTERM');
    const [code] = await exited;
    return code === 0 ? faults : [...faults, `It ends with ${code}:\n${printed}`];
  } finally {
    child.kill('SIGKILL');
  }
}
