import { expect, it } from 'vitest';
import { startAlteringProxy } from './testing/altering-proxy.ts';
import { startParleyServer } from './testing/parley-server.ts';
import { login, runCommand, runWithReport } from './testing/run-command.ts';

it('finds no breach in Parley’s server, including media, and writes the report as text and JSON', async () => {
  const { code, out, err, report } = await runWithReport(await startParleyServer());
  expect(report.results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(report.passed).toBeGreaterThan(140);
  expect(out).toMatch(/\n\d+ passed, 0 breached, 0 skipped \([\d.]+ s\)\n+$/);
  expect(out).toContain('✓ A publisher and two viewers connect');
}, 60_000);

it('skips media checks unless requested', async () => {
  const { code, out } = await runCommand(await startParleyServer(), ...login, '--only', 'media/');
  expect(code).toBe(0);
  expect(out).toContain('skipped: not requested');
  expect(out).toMatch(/0 passed, 0 breached, 2 skipped/);
}, 20_000);

it('exits with 1 on a breach and prints expectation, result and rule', async () => {
  const proxy = await startAlteringProxy(await startParleyServer(), async (request, forward) => {
    const answer = await forward(request);
    return request.path.endsWith('/join') && answer.status === 422 ? { ...answer, status: 409 } : answer;
  });
  const { code, out } = await runCommand(proxy, ...login, '--only', 'participant/join-twice');
  expect(code).toBe(1);
  expect(out).toMatch(/✗ Joining again with the same endpoint gives 422\. \[participant\/join-twice\]/);
  expect(out).toMatch(/expected {3}422\n *received {3}409 /);
  expect(out).toContain('rule       seed, join: 422: conference already joined from same user and endpoint');
}, 20_000);

it('exits with 2 if the checks could not run', async () => {
  expect(await runCommand()).toMatchObject({ code: 2, err: expect.stringContaining('Usage') });
  const wrong = await runCommand(await startParleyServer(), '--client', 'service', '--secret', 'wrong');
  expect(wrong).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/client id|secret/) });
  expect((await runCommand('http://127.0.0.1:9', ...login)).code).toBe(2);
  expect((await runCommand('--help')).out).toMatch(/^Usage/);
}, 40_000);
