import type { Ticket, TokenResponse } from '@parley-rtc/contract';
import { decodeJwt, type JWTPayload } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startIdentityProvider } from '../testing/identity-provider.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Caller, startTestServer, type Answer } from '../testing/test-server.ts';

const hourMs = 60 * 60_000;
const refused = { status: 400, body: { error: 'invalid_grant' } };
const unauthorized = { status: 401, body: { error: 'invalid_token' } };

async function setUp(config: Parameters<typeof startTestServer>[0] = {}) {
  const server = await startTestServer(config);
  const { service, requestToken, url, login } = server;
  const ticketFor = (conferenceId: string, command: object = {}, properties: object = {}) =>
    service.do<Required<Ticket>>('createTicket', {
      body: {
        type: 'MULTI_USE_TICKET',
        properties: { conference_id: conferenceId, ...properties },
        ...command,
      },
    });
  const logIn = async ({ id }: Ticket): Promise<TokenResponse> => {
    const answer = await requestToken({ grant_type: 'password', username: id ?? '' }, 'customer:');
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const renew = ({ refresh_token: token = '' }: TokenResponse): Promise<Answer<TokenResponse>> =>
    requestToken({ grant_type: 'refresh_token', refresh_token: token }, 'customer:');
  const end = async (conferenceId: string): Promise<void> => {
    // Its first token may have expired.
    const again = await login('service');
    const userEndpointId = await again.register();
    await again.do('end', { body: { conferenceId, userEndpointId } });
  };
  const callerOf = (login: TokenResponse): Caller => new Caller(url, login);
  return { ...server, ticketFor, logIn, renew, end, callerOf };
}

describe('a login by ticket', () => {
  it('outlives its ticket as long as its conference lives, and ends with it', async () => {
    const { service, ticketFor, logIn, renew, end, clock, requestToken } = await setUp();
    const conferenceId = await service.create();
    const ticket = await ticketFor(conferenceId, { ttl: 1 });
    const first = await logIn(ticket);
    clock.advance(hourMs);
    expect(await requestToken({ grant_type: 'password', username: ticket.id }, 'customer:')).toMatchObject(
      refused,
    );
    const second = await renew(first);
    expect(second).toMatchObject({ status: 200, body: { sub: first.sub, conference_id: conferenceId } });
    await end(conferenceId);
    expect(await renew(second.body)).toMatchObject(refused);
  });

  it('does not reach the next conference of the same id, neither by refresh token nor by access token', async () => {
    const { service, ticketFor, logIn, renew, end, clock, callerOf } = await setUp();
    const conferenceId = await service.create({ conferenceId: 'daily' });
    const ticket = await ticketFor(conferenceId);
    const login = await logIn(ticket);
    const guest = callerOf(login);
    await guest.join(conferenceId);
    await end(conferenceId);
    clock.advance(5 * 60_000);
    await service.create({ conferenceId });
    const userEndpointId = await guest.register();
    const params = { id: conferenceId };
    expect(await guest.call('join', { body: { conferenceId, userEndpointId } })).toMatchObject(unauthorized);
    expect(await guest.call('getConference', { params })).toMatchObject(unauthorized);
    expect(await renew(login)).toMatchObject(refused);
    expect(await guest.call('getIceServers')).toMatchObject(unauthorized);
    await callerOf(await logIn(ticket)).join(conferenceId);
  });

  it('belongs to the first conference that its holder enters, even if it is older', async () => {
    const { service, ticketFor, logIn, renew, end, clock, callerOf } = await setUp();
    const login = await logIn(await ticketFor('later'));
    expect(await renew(login)).toMatchObject({ status: 200 });
    await service.create({ conferenceId: 'later' });
    const guest = callerOf(login);
    await guest.join('later');
    await end('later');
    clock.advance(5 * 60_000);
    await service.create({ conferenceId: 'later' });
    expect(await guest.call('getConference', { params: { id: 'later' } })).toMatchObject(unauthorized);
    expect(await renew(login)).toMatchObject(refused);
  });

  it('ends with its ticket while its conference does not exist', async () => {
    const { ticketFor, logIn, renew, clock } = await setUp();
    const login = await logIn(await ticketFor('never', { ttl: 60 }));
    const second = await renew(login);
    expect(second.status).toBe(200);
    clock.advance(60_000);
    expect(await renew(second.body)).toMatchObject(refused);
  });

  it('ends after 24 hours although its conference goes on, and its last access token with it', async () => {
    const { service, ticketFor, logIn, renew, clock, callerOf } = await setUp();
    let login = await logIn(await ticketFor(await service.create()));
    for (let hour = 0; hour < 23; hour += 1) {
      clock.advance(hourMs);
      login = (await renew(login)).body;
    }
    clock.advance(hourMs - 60_000);
    login = (await renew(login)).body;
    expect(login.expires_in).toBe(60);
    expect((await callerOf(login).call('getIceServers')).status).toBe(200);
    clock.advance(60_000);
    expect(await renew(login)).toMatchObject(refused);
    expect(await callerOf(login).call('getIceServers')).toMatchObject(unauthorized);
  });

  it('lasts as long as configured', async () => {
    const { service, ticketFor, logIn, renew, clock } = await setUp({ maxLoginSeconds: 7200 });
    const login = await logIn(await ticketFor(await service.create()));
    clock.advance(hourMs);
    const second = await renew(login);
    clock.advance(hourMs - 1);
    expect((await renew(second.body)).status).toBe(200);
    clock.advance(1);
    expect((await renew(second.body)).status).toBe(400);
  });

  it('returns the same refresh token for a repeated request, and ends when an old one reappears', async () => {
    const { service, ticketFor, logIn, renew, clock, callerOf } = await setUp();
    const login = await logIn(await ticketFor(await service.create()));
    const answers = await Promise.all([renew(login), renew(login), renew(login)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    expect(new Set(answers.map(({ body }) => body.jti)).size).toBe(3);
    const [second] = answers;
    clock.advance(60_001);
    expect(await renew(login)).toMatchObject(refused);
    expect(await renew(second.body)).toMatchObject(refused);
    expect(await callerOf(second.body).call('getIceServers')).toMatchObject(unauthorized);
  });
});

describe('revokeTicket', () => {
  it('ends the logins of the ticket, whose holders leave, and no other', async () => {
    const { service, ticketFor, logIn, renew, callerOf, requestToken, guest } = await setUp();
    const conferenceId = await service.create();
    const ticket = await ticketFor(conferenceId, { length: 9 });
    const login = await logIn(ticket);
    const revoked = callerOf(login);
    const other = await guest(conferenceId);
    await revoked.join(conferenceId);
    const otherEndpoint = await other.join(conferenceId);
    const params = { id: ticket.id.toLowerCase() };
    const revoke = async () => (await service.call('revokeTicket', { params })).status;
    expect([await revoke(), await revoke()]).toEqual([204, 204]);
    expect(await service.do('getTicket', { params })).toMatchObject({ revoked: true, version: 1 });
    expect(await revoked.call('getIceServers')).toMatchObject(unauthorized);
    expect(await renew(login)).toMatchObject(refused);
    expect(await requestToken({ grant_type: 'password', ticket: ticket.id }, 'customer:')).toMatchObject(
      refused,
    );
    await expect
      .poll(() => service.do('getConference', { params: { id: conferenceId } }))
      .toMatchObject({ participants: [{ id: otherEndpoint }] });
    expect((await other.call('getIceServers')).status).toBe(200);
  });

  it('is for staff of the ticket’s organization', async () => {
    const { service, ticketFor, login, guest } = await setUp();
    const { id } = await ticketFor(await service.create());
    const params = { id };
    expect((await (await login('user')).call('revokeTicket', { params })).status).toBe(403);
    expect((await (await guest('c')).call('revokeTicket', { params })).status).toBe(403);
    expect((await (await login('foreigner')).call('revokeTicket', { params })).status).toBe(404);
    expect(await service.do('getTicket', { params })).toMatchObject({ revoked: false });
  });
});

/** A server that accepts an identity provider's tokens. */
async function withProvider(dataDir?: string) {
  const provider = await startIdentityProvider(onTestFinished);
  const parts = await setUp({ externalIssuer: provider.config, ...(dataDir !== undefined && { dataDir }) });
  const { clock, url } = parts;
  const iat = Math.floor(clock.now() / 1000);
  const holding = async (claims: JWTPayload, server = url): Promise<Caller> => {
    const token = await provider.sign(clock.now(), claims);
    return new Caller(server, { access_token: token, token_type: 'bearer', expires_in: 0 });
  };
  const statusOf = async (claims: JWTPayload, server = url): Promise<number> =>
    (await (await holding(claims, server)).call('getIceServers')).status;
  return { ...parts, provider, iat, holding, statusOf };
}

describe('revokeUser', () => {
  it('ends the logins of a user by ticket, who leaves but may log in again', async () => {
    const { service, ticketFor, logIn, renew, callerOf } = await setUp();
    const conferenceId = await service.create();
    const ticket = await ticketFor(conferenceId, {}, { customer_id: 'ada' });
    const login = await logIn(ticket);
    await callerOf(login).join(conferenceId);
    expect((await service.call('revokeUser', { body: { userId: 'ada' } })).status).toBe(204);
    expect(await callerOf(login).call('getIceServers')).toMatchObject(unauthorized);
    expect(await renew(login)).toMatchObject(refused);
    await expect
      .poll(() => service.do('getConference', { params: { id: conferenceId } }))
      .toMatchObject({ participants: [] });
    expect((await callerOf(await logIn(ticket)).call('getIceServers')).status).toBe(200);
  });

  it("ends an identity provider's tokens issued until then, and no other", async () => {
    const { service, login, iat, holding, statusOf } = await withProvider();
    expect(await statusOf({ iat })).toBe(200);
    const before = await holding({ iat: iat - 1 });
    expect((await before.call('getIceServers')).status).toBe(200);
    await service.do('revokeUser', { body: { userId: 'u-1' } });
    expect((await before.call('getIceServers')).status).toBe(401);
    expect([await statusOf({ iat }), await statusOf({})]).toEqual([401, 401]);
    expect(await statusOf({ iat, organization: 'o-2' })).toBe(200);
    expect(await statusOf({ iat, sub: 'u-2' })).toBe(200);
    expect(await statusOf({ iat: iat + 1 })).toBe(200);
    expect((await (await login('user')).call('revokeUser', { body: { userId: 'u-1' } })).status).toBe(403);
  });

  it('is remembered for 30 days, across restarts', async () => {
    const dataDir = temporaryFolder();
    const { provider, service, clock, close, iat, statusOf } = await withProvider(dataDir);
    await service.do('revokeUser', { body: { userId: 'u-1' } });
    await close();
    const { url } = await startTestServer({ externalIssuer: provider.config, dataDir }, { clock });
    expect([await statusOf({ iat }, url), await statusOf({ iat: iat + 1 }, url)]).toEqual([401, 200]);
    clock.advance(31 * 24 * hourMs);
    await expect.poll(() => statusOf({ iat }, url)).toBe(200);
  });

  it('is refused for clients, whose secret the operator changes', async () => {
    const { service } = await setUp();
    expect(await service.call('revokeUser', { body: { userId: 'user' } })).toMatchObject({ status: 403 });
    expect((await service.call('revokeUser', { body: {} })).status).toBe(400);
    expect((await service.call('getActive')).status).toBe(200);
  });
});

describe('a user id', () => {
  it('of a client is refused in tickets, also in those of an earlier configuration', async () => {
    const { service, ticketFor } = await setUp();
    for (const userId of ['service', 'customer', 'foreigner', '']) {
      const body = { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c', customer_id: userId } };
      expect(await service.call('createTicket', { body })).toMatchObject({
        status: 400,
        body: { error_description: expect.stringMatching(/customer_id/) },
      });
    }
    const dataDir = temporaryFolder();
    const before = await startTestServer({ dataDir });
    const { id } = await before.service.do<Required<Ticket>>('createTicket', {
      body: { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c', customer_id: 'crm' } },
    });
    await before.close();
    const crm = { id: 'crm', secret: 's', roles: ['SERVICE'] as const };
    const clients = [crm, { id: 'service', secret: 'secret', roles: ['SERVICE'] as const }];
    const after = await startTestServer({ dataDir, clients }, { clock: before.clock });
    expect(await after.requestToken({ grant_type: 'password', ticket: id }, 'customer:')).toMatchObject(
      refused,
    );
    expect((await ticketFor('c', {}, { customer_id: 'ada' })).properties.customer_id).toBe('ada');
  });

  it('gives the holder of a ticket nothing of a namesake who logged in another way', async () => {
    const provider = await startIdentityProvider(onTestFinished);
    const { url, clock, service, ticketFor, logIn, callerOf } = await setUp({
      externalIssuer: provider.config,
    });
    const token = {
      access_token: await provider.sign(clock.now(), { sub: 'ada' }),
      token_type: 'bearer',
      expires_in: 0,
    } as const;
    const agent = new Caller(url, token);
    const conferenceId = await agent.create();
    const endpoint = await agent.join(conferenceId);
    const streamId = await agent.publish(conferenceId, endpoint);
    const view = { conferenceId, streamId, userEndpointId: endpoint, viewerId: 'v', sdpOffer: 'v=0' };
    await agent.do('viewStream', { body: view });

    const guest = callerOf(await logIn(await ticketFor(conferenceId, {}, { customer_id: 'ada' })));
    expect(guest.userId).toBe('ada');
    const own = await guest.register();
    const about = { conferenceId, userEndpointId: endpoint };
    for (const [operation, body] of [
      ['leave', about],
      ['unregisterUserEndpoint', { userEndpointId: endpoint }],
      ['keepAliveUserEndpoint', { userEndpointId: endpoint }],
      ['unpublishStream', { ...about, streamId }],
      ['updateParticipantMetadata', { ...about, newMetadata: {} }],
      ['end', { conferenceId, userEndpointId: own }],
    ] as const) {
      expect([operation, (await guest.call(operation, { body })).status]).toEqual([operation, 403]);
    }
    expect(await guest.call('stopViewStream', { body: view })).toMatchObject({ status: 400 });
    await guest.do('join', { body: { conferenceId, userEndpointId: own } });
    expect(await guest.call('stopViewStream', { body: view })).toMatchObject({ status: 403 });
    expect(await service.do('getConference', { params: { id: conferenceId } })).toMatchObject({
      creator: 'ada',
      participants: [{ id: endpoint, streams: [{ id: streamId }] }, { id: own }],
    });
  });
});

it.each([
  ['an object', { id: 'u-1' }],
  ['a number', 7],
  ['empty', ''],
  ['missing', undefined],
  ['the id of a client', 'service'],
  ['the id of the public client', 'customer'],
])('refuses an identity provider’s token whose subject is %s', async (_what, sub) => {
  const provider = await startIdentityProvider(onTestFinished);
  const { url, clock } = await setUp({ externalIssuer: provider.config });
  const token = await provider.sign(clock.now(), { sub: sub as string });
  const caller = new Caller(url, { access_token: token, token_type: 'bearer', expires_in: 0 });
  expect(await caller.call('getIceServers')).toMatchObject(unauthorized);
});

it.each([
  ['organization', ''],
  ['organization', ['o-1']],
  ['conference_id', 7],
  ['conference_id', ''],
  ['conference_id', ['c-1']],
])('refuses an identity provider’s token whose %s is %j instead of ignoring it', async (claim, value) => {
  const provider = await startIdentityProvider(onTestFinished);
  const { url, clock } = await setUp({ externalIssuer: provider.config });
  const token = await provider.sign(clock.now(), { [claim]: value });
  const caller = new Caller(url, { access_token: token, token_type: 'bearer', expires_in: 0 });
  expect(await caller.call('getIceServers')).toMatchObject(unauthorized);
});

it('names the login in the access tokens of guests only', async () => {
  const { service, ticketFor, logIn } = await setUp();
  const login = await logIn(await ticketFor(await service.create()));
  expect(decodeJwt(login.access_token)).toMatchObject({ sid: expect.any(String) });
  expect(decodeJwt(service.token)).not.toHaveProperty('sid');
});
