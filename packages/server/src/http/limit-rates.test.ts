import { expect, it } from 'vitest';
import { Caller, startTestServer } from '../testing/test-server.ts';

it('stops one user who calls too often, whatever the token, and no other', async () => {
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

it('stops one address that asks too often, with any token or none', async () => {
  const { service, url } = await startTestServer({ rateLimits: { callsPerAddress: 3 } });
  const anonymous = new Caller(url, { access_token: '', token_type: 'bearer', expires_in: 0 });
  expect((await anonymous.call('getIceServers')).status).toBe(401);
  expect((await service.call('getIceServers')).status).toBe(200);
  expect((await service.call('getIceServers')).status).toBe(429);
});

it('counts no login that waits for others, so a crowd with one ticket is in, and guesses are still stopped', async () => {
  const { service, requestToken } = await startTestServer({ rateLimits: { failedLoginsPerAddress: 3 } });
  const wish = { type: 'MULTI_USE_TICKET', properties: { conference_id: await service.create() } };
  const { id } = await service.do<{ readonly id: string }>('createTicket', { body: wish });
  const logIn = (username: string) => requestToken({ grant_type: 'password', username }, 'customer:');
  const crowd = await Promise.all(Array.from({ length: 50 }, () => logIn(id)));
  expect(new Set(crowd.map(({ status }) => status))).toEqual(new Set([200]));
  const guesses = await Promise.all(Array.from({ length: 5 }, () => logIn('AAAAAA')));
  expect(guesses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([400, 400, 400, 429, 429]);
});

it('stops guessing of tickets, at once and in turn, without counting those who know theirs', async () => {
  const { service, requestToken, guest } = await startTestServer({
    rateLimits: { failedLoginsPerAddress: 3 },
  });
  const conferenceId = await service.create();
  for (let count = 0; count < 5; count += 1) await guest(conferenceId);
  const guess = () => requestToken({ grant_type: 'password', username: 'AAAAAA' }, 'customer:');
  const statuses = await Promise.all(Array.from({ length: 8 }, guess));
  expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    400, 400, 400, 429, 429, 429, 429, 429,
  ]);
  const answer = await guess();
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60);
});

/** The status that a caller gets whose proxy says that it comes from `address`. */
async function askFrom(url: string, address: string): Promise<number> {
  const answer = await fetch(`${url}/healthz`, { headers: { 'x-forwarded-for': address } });
  return answer.status;
}

it('believes the address that a trusted proxy tells, and nobody else', async () => {
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
