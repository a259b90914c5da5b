import type { Ticket, TokenResponse, WireConference } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { Caller, startTestServer, type TestServer } from './testing/test-server.ts';

/** The same caller with the same token, at the next server. */
function at(url: string, { token, userId }: Caller): Caller {
  return new Caller(url, { access_token: token, token_type: 'bearer', sub: userId } as TokenResponse);
}

/** A server on its own folder, with a conference in which a participant publishes two streams. */
async function setUp() {
  const config = { dataDir: temporaryFolder(), pollTimeoutMs: 20_000 };
  const first = await startTestServer(config);
  const conferenceId = await first.service.create({ metadata: { topic: 'restarts' } });
  const customer = await first.guest(conferenceId);
  const userEndpointId = await customer.register(10);
  await customer.do('join', { body: { conferenceId, userEndpointId, metadata: { name: 'Ada' } } });
  const streamIds = [
    await customer.publish(conferenceId, userEndpointId),
    await customer.publish(conferenceId, userEndpointId, 'SCREEN'),
  ];
  const restart = async (server: TestServer = first): Promise<TestServer> => {
    await server.close();
    return startTestServer(config, { clock: server.clock });
  };
  return { first, conferenceId, customer, userEndpointId, streamIds, restart };
}

const conferenceOf = (caller: Caller, id: string): Promise<WireConference> =>
  caller.do('getConference', { params: { id } });

async function keySetOf({ url }: TestServer): Promise<unknown> {
  return (await fetch(`${url}/.well-known/jwks.json`)).json();
}

function renew(server: TestServer, token: string): ReturnType<TestServer['requestToken']> {
  return server.requestToken({ grant_type: 'refresh_token', refresh_token: token }, 'customer:');
}

describe('a server that starts on the folder of a former one', () => {
  it("unpublishes the previous server's streams by events and keeps everything else", async () => {
    const { first, conferenceId, customer, userEndpointId, streamIds, restart } = await setUp();
    const before = await conferenceOf(customer, conferenceId);
    const history = await customer.events(conferenceId);
    const second = await restart();
    const service = at(second.url, first.service);

    expect(await service.events(conferenceId, 3)).toMatchObject(
      streamIds.map((streamId, index) => ({
        type: 'ConferenceStreamUnpublishedEvent',
        conferenceVersion: 3 + index,
        userId: customer.userId,
        userEndpointId,
        streamId,
      })),
    );
    const after = await conferenceOf(at(second.url, customer), conferenceId);
    const [last] = await service.events(conferenceId, 4);
    expect(after).toEqual({
      ...before,
      version: 5,
      versionId: last?.id,
      participants: before.participants?.map((participant) => ({ ...participant, streams: [] })),
    });
    expect((await service.events(conferenceId)).slice(0, history.length)).toEqual(history);
    expect(await service.do('getActive')).toMatchObject([{ id: conferenceId, version: 5 }]);
  });

  it('accepts existing tokens and endpoints, and continues a poll at its version', async () => {
    const { conferenceId, customer, userEndpointId, restart } = await setUp();
    const second = await restart();
    const same = at(second.url, customer);
    await same.do('keepAliveUserEndpoint', { body: { userEndpointId } });
    const poll = same.events(conferenceId, 5);
    const streamId = await same.publish(conferenceId, userEndpointId);
    expect(await poll).toMatchObject([
      { type: 'ConferenceStreamPublishedEvent', conferenceVersion: 5, streamId },
    ]);
    const body = { conferenceId, userEndpointId, operation: 'SET', key: 'later', value: 'too' };
    await same.do('updateMetadata', { body });
    expect(await conferenceOf(same, conferenceId)).toMatchObject({ version: 7 });
  });

  it('refuses another user a restored endpoint', async () => {
    const { first, conferenceId, userEndpointId, restart } = await setUp();
    const second = await restart();
    const body = { conferenceId, userEndpointId };
    expect((await at(second.url, first.service).call('leave', { body })).status).toBe(403);
  });

  it("publishes the previous server's signing key", async () => {
    const { first, restart } = await setUp();
    const keySet = await keySetOf(first);
    expect(await keySetOf(await restart())).toEqual(keySet);
    expect(keySet).toMatchObject({ keys: [{ kty: 'RSA' }] });
    expect(JSON.stringify(keySet)).not.toMatch(/"[dpq]":/);
  });

  it('renews logins, each refresh token once across servers', async () => {
    const { first, conferenceId, restart } = await setUp();
    const { id } = await first.service.do<Ticket>('createTicket', {
      body: { type: 'MULTI_USE_TICKET', properties: { conference_id: conferenceId } },
    });
    const login = { grant_type: 'password', username: id ?? '' };
    const used = (await first.requestToken(login, 'customer:')).body.refresh_token ?? '';
    const unused = (await first.requestToken(login, 'customer:')).body.refresh_token ?? '';
    expect((await renew(first, used)).status).toBe(200);

    const second = await restart();
    expect((await renew(second, unused)).body).toMatchObject({ conference_id: conferenceId });
    // For a minute, the client may have lost the answer.
    second.clock.advance(60_001);
    expect((await renew(second, used)).status).toBe(400);
    expect((await renew(second, unused)).status).toBe(400);
    expect((await second.requestToken(login, 'customer:')).status).toBe(200);
    const service = at(second.url, first.service);
    expect(await service.do('getTicket', { params: { id: id ?? '' } })).toMatchObject({ id, version: 0 });
  });

  it('drops logins and tickets that expired while no server ran', async () => {
    const { first, conferenceId, restart } = await setUp();
    const body = { type: 'MULTI_USE_TICKET', ttl: 60, properties: { conference_id: conferenceId } };
    const { id = '' } = await first.service.do<Ticket>('createTicket', { body });
    const login = { grant_type: 'password', username: id };
    const { refresh_token: token = '' } = (await first.requestToken(login, 'customer:')).body;
    await first.close();
    first.clock.advance(25 * 60 * 60_000);
    const second = await restart();
    second.clock.advance(60 * 60_000);
    expect((await second.requestToken(login, 'customer:')).status).toBe(400);
    const renewal = { grant_type: 'refresh_token', refresh_token: token };
    expect((await second.requestToken(renewal, 'customer:')).status).toBe(400);
    const service = await second.login('service');
    await expect.poll(async () => (await service.call('getTicket', { params: { id } })).status).toBe(404);
  });

  it('gives endpoints their full time to return, then removes them', async () => {
    const { first, conferenceId, userEndpointId, restart } = await setUp();
    first.clock.advance(9_999);
    const second = await restart();
    const service = at(second.url, first.service);
    second.clock.advance(9_999);
    expect(await conferenceOf(service, conferenceId)).toMatchObject({ participants: [{ state: 'HEALTHY' }] });
    second.clock.advance(1);
    expect(await service.events(conferenceId, 5)).toMatchObject([{ state: 'SICK', conferenceVersion: 5 }]);
    second.clock.advance(20_000);
    expect(await service.events(conferenceId, 6)).toMatchObject([
      { type: 'ConferenceLeftEvent', userEndpointId, conferenceVersion: 6 },
    ]);
    const third = await restart(second);
    const again = at(third.url, first.service);
    expect(await conferenceOf(again, conferenceId)).toMatchObject({ version: 7, participants: [] });
  });

  it('keeps a sick endpoint sick until its next sign of life', async () => {
    const { first, conferenceId, customer, userEndpointId, restart } = await setUp();
    first.clock.advance(10_000);
    await first.service.events(conferenceId, 3);
    const second = await restart();
    const same = at(second.url, customer);
    second.clock.advance(29_999);
    const service = at(second.url, first.service);
    expect(await conferenceOf(service, conferenceId)).toMatchObject({
      version: 6,
      participants: [{ state: 'SICK' }],
    });
    await same.do('keepAliveUserEndpoint', { body: { userEndpointId } });
    expect(await service.events(conferenceId, 6)).toMatchObject([{ state: 'HEALTHY' }]);
  });

  it('does not restore an unregistered endpoint', async () => {
    const { customer, userEndpointId, restart } = await setUp();
    await customer.do('unregisterUserEndpoint', { body: { userEndpointId } });
    const second = await restart();
    const answer = await at(second.url, customer).call('keepAliveUserEndpoint', { body: { userEndpointId } });
    expect(answer.status).toBe(404);
  });

  it('keeps an ended conference readable as long as the previous server would have', async () => {
    const { first, conferenceId, restart } = await setUp();
    const ended = async (): Promise<string> => {
      const id = await first.service.create();
      const userEndpointId = await first.service.register();
      await first.service.do('end', { body: { conferenceId: id, userEndpointId } });
      return id;
    };
    const early = await ended();
    first.clock.advance(200_000);
    const late = await ended();
    await first.close();
    first.clock.advance(150_000);
    const second = await restart();
    const statusOf = async (id: string): Promise<number> =>
      (await second.service.call('getConference', { params: { id } })).status;
    second.clock.advance(0);
    await expect.poll(() => statusOf(early)).toBe(404);
    expect(await statusOf(late)).toBe(200);
    expect(await second.service.do('getActive')).toMatchObject([{ id: conferenceId }]);
    second.clock.advance(150_000);
    await expect.poll(() => statusOf(late)).toBe(404);
    const third = await restart(second);
    expect(await third.service.do('getActive')).toMatchObject([{ id: conferenceId }]);
  });
});
