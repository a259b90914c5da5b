import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { roomTicket, type RoomTicketOptions } from './index.ts';
import { aToken } from './testing/a-token.ts';
import { startHttpTestServer, type HttpTestServer, type Reply } from './testing/http-test-server.ts';
import { rejection } from './testing/rejection.ts';

let server: HttpTestServer;
let count = 0;

beforeAll(async () => {
  server = await startHttpTestServer();
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(async () => server.close());

const login: Reply = { body: JSON.stringify({ access_token: aToken(300_000), token_type: 'bearer' }) };
const created: Reply = { body: '{"id":"standup","version":0}' };
const taken: Reply = { status: 400, body: '{"error":"already_exists","error_description":"It exists."}' };
const ticket: Reply = { body: '{"id":"ABC123XYZ","expiresAt":"2026-01-05T13:00:00.000Z"}' };

/** Credentials that no other test has used, because tokens outlive calls. */
function options(more: Partial<RoomTicketOptions> = {}): RoomTicketOptions {
  return {
    server: `${server.url}/`,
    clientId: `shop-${(count += 1)}`,
    clientSecret: 'hush',
    room: 'standup',
    ...more,
  };
}
const lines = () => server.requests.map(({ line }) => line.replace(/^POST /, ''));
const bodyOf = (index: number): unknown => JSON.parse(server.requests[index]?.body ?? '');

it('logs in, opens the room, and returns a ticket that names the room alone', async () => {
  server.reply(login, created, ticket);
  expect(await roomTicket(options())).toEqual({
    server: server.url,
    ticket: 'ABC123XYZ',
    conferenceId: 'standup',
    expiresAt: '2026-01-05T13:00:00.000Z',
  });
  expect(lines()).toEqual(['/security/oauth/token', '/rtc-api/conferences/create', '/security/ticket']);
  expect(bodyOf(1)).toEqual({ conferenceId: 'standup' });
  expect(bodyOf(2)).toEqual({
    type: 'MULTI_USE_TICKET',
    length: 9,
    properties: { conference_id: 'standup' },
  });
});

it('puts the user, what they may do, and the lifetime into the ticket', async () => {
  server.reply(login, created, ticket);
  await roomTicket(
    options({
      user: { id: 'u-7', name: 'Ada', picture: 'https://example.com/ada.png', role: 'doctor' },
      rights: { moderate: true, record: true },
      lifetimeS: 600,
      conference: { lobby: true },
    }),
  );
  expect(bodyOf(1)).toEqual({ conferenceId: 'standup', lobby: true });
  expect(bodyOf(2)).toEqual({
    type: 'MULTI_USE_TICKET',
    length: 9,
    ttl: 600,
    properties: {
      conference_id: 'standup',
      customer_id: 'u-7',
      verified: { name: 'Ada', picture: 'https://example.com/ada.png', role: 'doctor' },
      permissions: { moderate: true, record: true },
      moderator: true,
    },
  });
});

it('logs in once for many calls with the same credentials, and again with others', async () => {
  server.reply(login, created, ticket, taken, ticket, login, created, ticket);
  const mine = options();
  await roomTicket(mine);
  await roomTicket({ ...mine, room: 'retro' });
  await roomTicket({ ...mine, clientSecret: 'other' });
  expect(lines().filter((line) => line === '/security/oauth/token')).toHaveLength(2);
});

it('accepts a room that somebody else has opened', async () => {
  server.reply(login, taken, ticket);
  expect(await roomTicket(options())).toMatchObject({ ticket: 'ABC123XYZ' });
});

it.each<[string, Reply[], object]>([
  [
    'a wrong secret',
    [{ status: 401, body: '{"error":"invalid_client"}' }],
    {
      code: 'ERR_UNAUTHORIZED',
      message: expect.stringContaining('Check the client id and the secret.') as unknown,
    },
  ],
  [
    'a server that is not Parley',
    [{ status: 404, body: '<h1>Not found</h1>' }],
    { code: 'ERR_FOREIGN_ANSWER', message: expect.stringContaining('Check the `server` URL') as unknown },
  ],
  [
    'a client without the role for it',
    [login, { status: 403, body: '{"error":"forbidden","error_description":"No."}' }],
    { code: 'ERR_FORBIDDEN', operation: 'create' },
  ],
  [
    'a ticket that the server refuses',
    [login, created, { status: 400, body: '{"error":"invalid_request","error_description":"ttl is 0."}' }],
    { code: 'ERR_INVALID_REQUEST', message: expect.stringContaining('ttl is 0') as unknown },
  ],
])('names the cause: %s', async (_, replies, expected) => {
  server.reply(...replies);
  expect(await rejection(roomTicket(options()))).toMatchObject(expected);
});

it('says what is missing or unreachable', async () => {
  expect(await rejection(roomTicket(options({ room: '' })))).toMatchObject({ code: 'ERR_INVALID_OPTIONS' });
  expect(await rejection(roomTicket(options({ server: 'rtc' })))).toMatchObject({
    code: 'ERR_INVALID_OPTIONS',
  });
  const gone = await startHttpTestServer();
  await gone.close();
  expect(await rejection(roomTicket(options({ server: gone.url, timeoutMs: 2_000 })))).toMatchObject({
    code: expect.stringMatching(/ERR_CONNECTION|ERR_TIMEOUT/) as unknown,
    retryable: true,
  });
});

it('ends with its signal', async () => {
  const controller = new AbortController();
  server.reply(() => controller.abort());
  expect(await rejection(roomTicket(options({ signal: controller.signal })))).toMatchObject({
    code: 'ERR_ABORTED',
  });
});
