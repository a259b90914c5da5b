import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import type { ConformanceReport } from './run-conformance.ts';
import { startAlteringProxy } from './testing/altering-proxy.ts';
import { startParleyServer } from './testing/parley-server.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));

/** Runs the command and waits for its exit. */
async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', program, ...args], {
    env: { PATH: process.env['PATH'] },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => void (printed.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (printed.err += chunk.toString()));
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...printed };
}

const login = ['--client', 'service', '--secret', 'secret'];

it('finds no breach in Parley’s server, including media, and writes the report as text and JSON', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-conformance-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'report.json');
  const { code, out, err } = await run(await startParleyServer(), ...login, '--media', '--json', file);
  const report = JSON.parse(readFileSync(file, 'utf8')) as ConformanceReport;
  expect(report.results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(report.passed).toBeGreaterThan(140);
  expect(out).toMatch(/\n\d+ passed, 0 breached, 0 skipped \([\d.]+ s\)\n+$/);
  expect(out).toContain('✓ A publisher and two viewers connect');
}, 60_000);

it('skips media checks unless requested', async () => {
  const { code, out } = await run(await startParleyServer(), ...login, '--only', 'media/');
  expect(code).toBe(0);
  expect(out).toContain('skipped: not requested');
  expect(out).toMatch(/0 passed, 0 breached, 2 skipped/);
}, 20_000);

it('exits with 1 on a breach and prints expectation, result and rule', async () => {
  const proxy = await startAlteringProxy(await startParleyServer(), async (request, forward) => {
    const answer = await forward(request);
    return request.path.endsWith('/join') && answer.status === 422 ? { ...answer, status: 409 } : answer;
  });
  const { code, out } = await run(proxy, ...login, '--only', 'participant/join-twice');
  expect(code).toBe(1);
  expect(out).toMatch(/✗ Joining again with the same endpoint gives 422\. \[participant\/join-twice\]/);
  expect(out).toMatch(/expected {3}422\n *received {3}409 /);
  expect(out).toContain('rule       seed, join: 422: conference already joined from same user and endpoint');
}, 20_000);

it('exits with 2 if the checks could not run', async () => {
  expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('Usage') });
  const wrong = await run(await startParleyServer(), '--client', 'service', '--secret', 'wrong');
  expect(wrong).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/client id|secret/) });
  expect((await run('http://127.0.0.1:9', ...login)).code).toBe(2);
  expect((await run('--help')).out).toMatch(/^Usage/);
}, 40_000);
