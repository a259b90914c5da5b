import type { WireConference } from '@parley-rtc/contract';
import { expect, it, onTestFinished } from 'vitest';
import { startIdentityProvider } from '../testing/identity-provider.ts';
import { Caller, startTestServer } from '../testing/test-server.ts';

function holder(url: string, token: string): Caller {
  return new Caller(url, { access_token: token, token_type: 'bearer', expires_in: 0, sub: 'u-1' });
}

it('accepts tokens of the external issuer as well as its own, with user, organization and roles from their claims', async () => {
  const provider = await startIdentityProvider(onTestFinished);
  const { url, clock, service } = await startTestServer({ externalIssuer: provider.config });
  const agent = holder(url, await provider.sign(clock.now()));
  const id = await agent.create();
  expect(await service.do<WireConference>('getConference', { params: { id } })).toMatchObject({
    creator: 'u-1',
    organizationId: 'o-1',
  });
  const user = holder(url, await provider.sign(clock.now(), { authorities: ['ROLE_USER'] }));
  expect((await user.call('createTicket', { body: { type: 'MULTI_USE_TICKET' } })).status).toBe(403);
  const elsewhere = holder(url, await provider.sign(clock.now(), { organization: 'o-2' }));
  expect((await elsewhere.call('getConference', { params: { id } })).status).toBe(403);
});

it('reads organization and roles from the configured claims', async () => {
  const provider = await startIdentityProvider(onTestFinished);
  const claims = { organizationClaim: 'https://example.com/org', authoritiesClaim: 'roles' };
  const { url, clock } = await startTestServer({ externalIssuer: { ...provider.config, ...claims } });
  const named = { 'https://example.com/org': 'o-9', roles: ['USER'] };
  const caller = holder(url, await provider.sign(clock.now(), named));
  const id = await caller.create();
  expect(await caller.do('getConference', { params: { id } })).toMatchObject({ organizationId: 'o-9' });
  const nameless = holder(url, await provider.sign(clock.now()));
  expect((await nameless.call('getActive')).status).toBe(401);
});

it('accepts tokens of the former key until they expire', async () => {
  const { clock, url, login, service } = await startTestServer({
    keyRotationSeconds: 60,
    accessTokenSeconds: 90,
  });
  clock.advance(60_000);
  const next = await login('service');
  const keySet = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: unknown[] };
  expect(keySet.keys).toHaveLength(2);
  expect((await service.call('getActive')).status).toBe(200);
  expect((await next.call('getActive')).status).toBe(200);
  clock.advance(30_000);
  expect((await service.call('getActive')).status).toBe(401);
  expect((await next.call('getActive')).status).toBe(200);
});
