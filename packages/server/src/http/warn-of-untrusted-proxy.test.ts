import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { warnOfUntrustedProxy } from './warn-of-untrusted-proxy.ts';

it('warns once of an X-Forwarded-For that nobody trusts, and names the setting', async () => {
  const lines: string[] = [];
  const app = fastify({ logger: { level: 'warn', stream: { write: (line: string) => lines.push(line) } } });
  warnOfUntrustedProxy(app);
  app.get('/', () => 'ok');
  await app.inject({ url: '/' });
  expect(lines).toEqual([]);
  for (const address of ['192.0.2.1', '192.0.2.2']) {
    await app.inject({ url: '/', headers: { 'x-forwarded-for': address } });
  }
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/PARLEY_TRUST_PROXY/);
  expect(lines[0]).not.toMatch(/192/);
});
