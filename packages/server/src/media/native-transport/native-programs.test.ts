import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ensureTestProgram } from '../../../native/build.ts';

/** Compiling with the checks of memory takes long on a busy machine. */
const timeoutMs = 600_000;
/** `PARLEY_HOSTILE_DATAGRAMS=1000000` for the long run. */
const hostileDatagrams = process.env['PARLEY_HOSTILE_DATAGRAMS'] ?? '30000';

function run(name: Parameters<typeof ensureTestProgram>[0], ...parameters: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(ensureTestProgram(name), parameters, { encoding: 'utf8' });
  expect(`${stderr}${status === 0 ? '' : stdout}`, `${name} ${parameters.join(' ')}`).toBe('');
  expect(status).toBe(0);
  return stdout;
}

it.runIf(process.platform === 'linux')(
  'encrypts as RFC 3711, RFC 7714 and libsrtp do',
  { timeout: timeoutMs },
  () => {
    const lines = run('srtp_vectors').trim().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(15);
    expect(lines.filter((line) => !line.startsWith('ok '))).toEqual([]);
  },
);

it.runIf(process.platform === 'linux')(
  'survives hostile datagrams and half handshakes, accepts nothing forged, and keeps its size',
  { timeout: timeoutMs },
  () => {
    const seed = String(Date.now() % 1_000_000);
    const printed = run('hostile_peers', hostileDatagrams, seed);
    expect(printed).toContain(`${hostileDatagrams} datagrams`);
  },
);
