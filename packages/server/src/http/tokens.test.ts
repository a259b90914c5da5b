import type { Ticket } from '@parley-rtc/contract';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { Caller, startTestServer } from '../testing/test-server.ts';

const clientForm = { grant_type: 'client_credentials', client_id: 'service', client_secret: 'secret' };

describe('client_credentials', () => {
  it("issues a token with the platform's claims, by form and by HTTP Basic", async () => {
    const { url, requestToken, clock } = await startTestServer();
    const byForm = await requestToken(clientForm);
    expect(byForm).toMatchObject({
      status: 200,
      body: {
        token_type: 'bearer',
        expires_in: 900,
        organization: 'o-1',
        sub: 'service',
        jti: expect.any(String),
      },
    });
    expect(byForm.body).not.toHaveProperty('refresh_token');
    expect(byForm.body).not.toHaveProperty('conference_id');
    const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(byForm.body.access_token, keys, {
      issuer: 'parley-server',
      audience: 'parley-rtc',
      currentDate: new Date(clock.now()),
    });
    expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    expect(payload).toMatchObject({
      sub: 'service',
      userId: 'service',
      organization: 'o-1',
      authorities: ['ROLE_SERVICE', 'ROLE_AGENT'],
      client_id: 'service',
      jti: byForm.body.jti,
    });

    const byBasic = await requestToken({ grant_type: 'client_credentials' }, 'service:secret');
    expect((await new Caller(url, byBasic.body).call('getActive')).status).toBe(200);
  });

  it('refuses a wrong secret, an unknown client and the public client', async () => {
    const { requestToken } = await startTestServer();
    const wrong = { status: 401, body: { error: 'invalid_client' } };
    expect(await requestToken({ ...clientForm, client_secret: 'wrong' })).toMatchObject(wrong);
    expect(await requestToken({ ...clientForm, client_id: 'nobody' })).toMatchObject(wrong);
    expect(await requestToken({ grant_type: 'client_credentials' })).toMatchObject(wrong);
    expect(await requestToken({ grant_type: 'client_credentials' }, 'customer:')).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
    expect(await requestToken({ grant_type: 'magic' }, 'service:secret')).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: expect.stringContaining('client_credentials') },
    });
  });
});

describe('tickets', () => {
  it('are short codes that are easy to type, and that staff can read', async () => {
    const { service, login } = await startTestServer();
    const properties = { conference_id: 'c-1', applicationId: 'a-1', anything: [1] };
    const ticket = await service.do<Ticket>('createTicket', {
      body: { type: 'MULTI_USE_TICKET', ttl: 60, length: 9, properties },
    });
    expect(ticket).toEqual({
      id: expect.stringMatching(/^[A-HJKMNP-Z2-9]{9}$/),
      type: 'MULTI_USE_TICKET',
      createdAt: '2026-01-05T10:00:00.123Z',
      expiresAt: '2026-01-05T10:01:00.123Z',
      expired: false,
      disabled: false,
      revoked: false,
      organizationId: 'o-1',
      userId: 'service',
      properties,
      version: 0,
    });
    const params = { id: ticket.id ?? '' };
    expect(await service.do('getTicket', { params })).toEqual(ticket);
    expect(await (await login('foreigner')).call('getTicket', { params })).toMatchObject({ status: 404 });
    expect(await (await login('user')).call('getTicket', { params })).toMatchObject({ status: 403 });
    const aimless = { type: 'MULTI_USE_TICKET', properties: {} };
    expect(await service.call('createTicket', { body: aimless })).toMatchObject({
      status: 400,
      body: { error_description: expect.stringContaining('conference_id') },
    });
  });

  it('log in by `ticket` or `username`, case-insensitively, each time as another guest', async () => {
    const { service, requestToken } = await startTestServer();
    const { id = '' } = await service.do<Ticket>('createTicket', {
      body: { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c-1' } },
    });
    const one = await requestToken({ grant_type: 'password', username: id, password: '' }, 'customer:');
    const two = await requestToken({ grant_type: 'password', ticket: ` ${id.toLowerCase()} ` }, 'customer:');
    expect(one).toMatchObject({ status: 200, body: { conference_id: 'c-1', organization: 'o-1' } });
    expect(one.body.refresh_token).toEqual(expect.any(String));
    expect(two.body.sub).not.toBe(one.body.sub);
    expect(decodeJwt(one.body.access_token)).toMatchObject({
      conference_id: 'c-1',
      authorities: ['ROLE_CUSTOMER'],
      client_id: 'customer',
      sub: one.body.sub,
    });
  });

  it('determine the user if they name a customer', async () => {
    const { service, requestToken } = await startTestServer();
    const { id = '' } = await service.do<Ticket>('createTicket', {
      body: { type: 'SCHEDULE_TICKET', properties: { conference_id: 'c-1', customer_id: 'ada' } },
    });
    const { body } = await requestToken({ grant_type: 'password', ticket: id }, 'customer:');
    expect(body.sub).toBe('ada');
  });

  it('are refused when unknown or expired', async () => {
    const { service, requestToken, clock } = await startTestServer();
    const refused = { status: 400, body: { error: 'invalid_grant' } };
    expect(await requestToken({ grant_type: 'password', ticket: 'ABCDEF' }, 'customer:')).toMatchObject(
      refused,
    );
    expect(await requestToken({ grant_type: 'password' }, 'customer:')).toMatchObject(refused);
    const { id = '' } = await service.do<Ticket>('createTicket', {
      body: { type: 'MULTI_USE_TICKET', ttl: 60, properties: { conference_id: 'c-1' } },
    });
    clock.advance(60_000);
    expect(await requestToken({ grant_type: 'password', ticket: id }, 'customer:')).toMatchObject(refused);
    expect(await service.do('getTicket', { params: { id } })).toMatchObject({ expired: true });
  });
});

describe('refresh_token', () => {
  it('renews the login of the same guest and works once', async () => {
    const { service, requestToken, clock, url } = await startTestServer();
    const { id = '' } = await service.do<Ticket>('createTicket', {
      body: { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c-1' } },
    });
    const first = (await requestToken({ grant_type: 'password', ticket: id }, 'customer:')).body;
    clock.advance(15 * 60_000);
    const form = { grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' };
    const second = await requestToken(form, 'customer:');
    expect(second).toMatchObject({ status: 200, body: { sub: first.sub, conference_id: 'c-1' } });
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect((await new Caller(url, second.body).call('getIceServers')).status).toBe(200);

    const refused = { status: 400, body: { error: 'invalid_grant' } };
    const next = { grant_type: 'refresh_token', refresh_token: second.body.refresh_token ?? '' };
    expect(await requestToken(next, 'service:secret')).toMatchObject(refused);
    clock.advance(60_001);
    expect(await requestToken(form, 'customer:')).toMatchObject(refused);
    expect(await requestToken(next, 'customer:')).toMatchObject(refused);
    expect(await requestToken(next, 'customer:')).toMatchObject(refused);
  });
});

it('keeps responses with tokens out of caches', async () => {
  const { requestToken } = await startTestServer();
  expect((await requestToken(clientForm)).headers.get('cache-control')).toBe('no-store');
});
