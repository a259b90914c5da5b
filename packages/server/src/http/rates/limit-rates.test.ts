import { expect, it } from 'vitest';
import { Caller, startTestServer } from '../../testing/test-server.ts';

it('limits one user across tokens, without affecting other users', async () => {
  const { service, login } = await startTestServer({ rateLimits: { callsPerUser: 3 } });
  for (const caller of [service, await login('service'), service]) {
    expect((await caller.call('getIceServers')).status).toBe(200);
  }
  const answer = await service.call('getIceServers');
  expect(answer).toMatchObject({
    status: 429,
    body: { error: 'too_many_requests', error_description: expect.stringMatching(/callsPerUser.*Wait/) },
  });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect((await (await login('user')).call('getIceServers')).status).toBe(200);
});

it('counts a parked poll once', async () => {
  const { service, clock } = await startTestServer({ rateLimits: { callsPerUser: 5 } });
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const timers = clock.timerCount;
  const poll = service.events(conferenceId, 1);
  await expect.poll(() => clock.timerCount).toBe(timers + 1);
  await service.do('leave', { body: { conferenceId, userEndpointId } });
  expect(await poll).toHaveLength(1);
});

it('limits one address, with any token or none', async () => {
  const { service, url } = await startTestServer({ rateLimits: { callsPerAddress: 3 } });
  const anonymous = new Caller(url, { access_token: '', token_type: 'bearer', expires_in: 0 });
  expect((await anonymous.call('getIceServers')).status).toBe(401);
  expect((await service.call('getIceServers')).status).toBe(200);
  expect((await service.call('getIceServers')).status).toBe(429);
});

/** The status for a caller whose proxy names `address`. */
async function askFrom(url: string, address: string): Promise<number> {
  const answer = await fetch(`${url}/healthz`, { headers: { 'x-forwarded-for': address } });
  return answer.status;
}

it('trusts the client address from trusted proxies only', async () => {
  const rateLimits = { callsPerAddress: 2 };
  const { url: open } = await startTestServer({ rateLimits });
  expect(await askFrom(open, '192.0.2.1')).toBe(200);
  expect(await askFrom(open, '192.0.2.2')).toBe(429);
  const { url: behind } = await startTestServer({ rateLimits, trustProxy: 1 });
  expect(await askFrom(behind, '192.0.2.1')).toBe(200);
  expect(await askFrom(behind, '192.0.2.1')).toBe(200);
  expect(await askFrom(behind, '203.0.113.9, 192.0.2.1')).toBe(429);
  expect(await askFrom(behind, '192.0.2.2')).toBe(200);
});
