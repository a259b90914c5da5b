import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientToken, createRtcApi, redeemTicket, ticketToken } from './index.ts';
import { startHttpTestServer, type HttpTestServer, type Reply } from './testing/http-test-server.ts';
import { rejection } from './testing/rejection.ts';

let server: HttpTestServer;

beforeAll(async () => {
  server = await startHttpTestServer();
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(async () => server.close());

const grantOf = (body: string) => Object.fromEntries(new URLSearchParams(body));
const grants = () => server.requests.map(({ body }) => grantOf(body)['grant_type']);
const aGrant = (fields: object): Reply => ({
  body: JSON.stringify({ token_type: 'bearer', expires_in: 300, ...fields }),
});

describe('a ticket', () => {
  it('is redeemed like official clients do, and yields the conference and user ids', async () => {
    server.reply(aGrant({ access_token: 'a1', conference_id: 'c-1', sub: 'u-1' }));
    const redeemed = await redeemTicket({ server: `${server.url}/`, ticket: 'ABC123' });
    expect(redeemed).toMatchObject({ conferenceId: 'c-1', userId: 'u-1' });

    const [request] = server.requests;
    expect(request?.line).toBe('POST /security/oauth/token');
    expect(request?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('customer:').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      accept: 'application/json',
    });
    expect(grantOf(request?.body ?? '')).toEqual({
      grant_type: 'password',
      username: 'ABC123',
      password: '',
      ticket: 'ABC123',
    });
  });

  it.each([[''], [undefined], [{ ticket: 'ABC123' }]])(
    'that is missing is not sent, and the error says so: %j',
    async (ticket) => {
      const options = { server: server.url, ticket: ticket as string };
      const missing = {
        code: 'ERR_INVALID_OPTIONS',
        message: expect.stringContaining('`ticket` is missing'),
      };
      await expect(redeemTicket(options)).rejects.toMatchObject(missing);
      expect(() => ticketToken(options)).toThrow(expect.objectContaining(missing));
      expect(server.requests).toEqual([]);
    },
  );

  it('yields the login’s token first, then renews with the newest refresh token', async () => {
    server.reply(
      aGrant({ access_token: 'a1', refresh_token: 'r1' }),
      aGrant({ access_token: 'a2', refresh_token: 'r2' }),
      aGrant({ access_token: 'a3' }),
      aGrant({ access_token: 'a4' }),
    );
    const { token, conferenceId, userId } = await redeemTicket({ server: server.url, ticket: 'ABC123' });
    expect([conferenceId, userId]).toEqual([undefined, undefined]);
    expect([await token(), await token(), await token(), await token()]).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(grants()).toEqual(['password', 'refresh_token', 'refresh_token', 'refresh_token']);
    const sent = server.requests.map(({ body }) => grantOf(body)['refresh_token']);
    expect(sent).toEqual([undefined, 'r1', 'r2', 'r2']);
  });

  it('is used again when the refresh token is rejected', async () => {
    server.reply(
      aGrant({ access_token: 'a1', refresh_token: 'r1' }),
      { status: 400, body: '{"error":"invalid_grant"}' },
      aGrant({ access_token: 'a2', refresh_token: 'r2' }),
    );
    const token = ticketToken({ server: server.url, ticket: 'ABC123' });
    expect([await token(), await token()]).toEqual(['a1', 'a2']);
    expect(grants()).toEqual(['password', 'refresh_token', 'password']);
  });

  it('is not used again after a server error', async () => {
    server.reply(aGrant({ access_token: 'a1', refresh_token: 'r1' }), { status: 500, body: '' });
    const token = ticketToken({ server: server.url, ticket: 'ABC123' });
    await token();
    expect(await rejection(token())).toMatchObject({ code: 'ERR_SERVER' });
    expect(grants()).toEqual(['password', 'refresh_token']);
  });

  it('that is unknown causes an invalid request, or a non-retryable token error when it is a source', async () => {
    server.reply({ status: 400, body: '{"error":"invalid_grant","error_description":"No such ticket"}' });
    const error = await rejection(redeemTicket({ server: server.url, ticket: 'nope' }));
    expect(error).toMatchObject({ code: 'ERR_INVALID_REQUEST', serverError: 'invalid_grant' });

    const api = createRtcApi({
      server: server.url,
      token: ticketToken({ server: server.url, ticket: 'nope' }),
    });
    const tokenError = await rejection(api.getActive());
    expect(tokenError).toMatchObject({ code: 'ERR_TOKEN', retryable: false });
    expect((tokenError as Error).cause).toMatchObject({ code: 'ERR_INVALID_REQUEST' });
  });

  it('is all a guest needs to call the API', async () => {
    server.reply(aGrant({ access_token: 'a1', conference_id: 'c-1' }), { body: '{"id":"c-1"}' });
    const { conferenceId = '', token } = await redeemTicket({ server: server.url, ticket: 'ABC123' });
    await createRtcApi({ server: server.url, token }).getConference(conferenceId);
    expect(server.requests[1]).toMatchObject({
      line: 'GET /rtc-api/conferences/c-1',
      headers: { authorization: 'Bearer a1' },
    });
  });

  it('accepts a custom client id, an abort signal and a timeout', async () => {
    server.reply(aGrant({ access_token: 'a1' }));
    await redeemTicket({ server: server.url, ticket: 'ABC123', clientId: 'kiosk' });
    expect(server.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('kiosk:').toString('base64')}`,
    );
    const call = redeemTicket({ server: server.url, ticket: 'ABC123' }, { signal: AbortSignal.abort() });
    expect(await rejection(call)).toMatchObject({ code: 'ERR_ABORTED' });
    server.reply(() => {});
    const slow = redeemTicket({ server: server.url, ticket: 'ABC123' }, { timeoutMs: 30 });
    expect(await rejection(slow)).toMatchObject({ code: 'ERR_TIMEOUT' });
  });

  it.each(['{}', '{"access_token":7}', 'null', ''])(
    'rejects a response without a token (%j)',
    async (body) => {
      server.reply({ status: 200, body });
      const call = redeemTicket({ server: server.url, ticket: 'ABC123' });
      expect(await rejection(call)).toMatchObject({ code: 'ERR_FOREIGN_ANSWER' });
    },
  );
});

describe('a client secret', () => {
  it('is sent in the form, once per call', async () => {
    server.reply(aGrant({ access_token: 'a1' }), aGrant({ access_token: 'a2' }));
    const token = clientToken({ server: server.url, clientId: 'crm', clientSecret: 's&=ü' });
    expect([await token(), await token()]).toEqual(['a1', 'a2']);
    const [request] = server.requests;
    expect(request?.line).toBe('POST /security/oauth/token');
    expect(request?.headers).not.toHaveProperty('authorization');
    expect(grantOf(request?.body ?? '')).toEqual({
      grant_type: 'client_credentials',
      client_id: 'crm',
      client_secret: 's&=ü',
    });
  });

  it('that is wrong causes an unauthorized error', async () => {
    server.reply({ status: 401, body: '{"error":"invalid_client"}' });
    const token = clientToken({ server: server.url, clientId: 'crm', clientSecret: 'x' });
    const error = await rejection(token());
    expect(error).toMatchObject({ code: 'ERR_UNAUTHORIZED', operation: 'requestToken' });
    expect((error as Error).message).toContain('Check the client id and the secret.');

    const api = createRtcApi({ server: server.url, token });
    expect(await rejection(api.getActive())).toMatchObject({
      code: 'ERR_TOKEN',
      message: expect.stringContaining('Check the client id and the secret.'),
    });
  });
});
