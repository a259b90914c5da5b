import type { Ticket, TokenResponse, WireConference } from '@parley-rtc/contract';
import { afterEach, expect, it, vi } from 'vitest';
import { Database } from '../storage/database.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Caller, startTestServer } from '../testing/test-server.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lets only the first writes through. */
function fillDisk(writesLeft: number) {
  let left = writesLeft;
  return vi.spyOn(Database.prototype, 'transact').mockImplementation((work) => {
    left -= 1;
    if (left < 0) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    return work();
  });
}

async function setUp() {
  const dataDir = temporaryFolder();
  const server = await startTestServer({ dataDir });
  const { service, requestToken, clock } = server;
  const conferenceId = await service.create();
  const ticket = await service.do<Required<Ticket>>('createTicket', {
    body: {
      type: 'MULTI_USE_TICKET',
      properties: { conference_id: conferenceId, customer_id: 'guest' },
    },
  });
  const login = (await requestToken({ grant_type: 'password', username: ticket.id }, 'customer:')).body;
  const guest = new Caller(server.url, login);
  await guest.join(conferenceId);
  const participants = async () =>
    (await service.do<WireConference>('getConference', { params: { id: conferenceId } })).participants;
  /** What still works after a restart: logging in with the ticket, and renewing the login. */
  const afterRestart = async () => {
    await server.close();
    const next = await startTestServer({ dataDir }, { clock });
    const ask = async (form: Record<string, string>): Promise<number> =>
      (await next.requestToken(form, 'customer:')).status;
    const { refresh_token: token = '' }: TokenResponse = login;
    return [
      await ask({ grant_type: 'password', username: ticket.id }),
      await ask({ grant_type: 'refresh_token', refresh_token: token }),
    ];
  };
  return { ...server, ticket, guest, participants, afterRestart };
}

it.each([0, 1])(
  'a ticket revoked on a full disk (%i writes left) is revoked by a repetition',
  async (left) => {
    const { service, ticket, participants, afterRestart } = await setUp();
    const disk = fillDisk(left);
    const params = { id: ticket.id };
    expect(await service.call('revokeTicket', { params })).toMatchObject({ status: 503 });
    disk.mockRestore();
    expect((await service.call('revokeTicket', { params })).status).toBe(204);
    await expect.poll(participants).toEqual([]);
    expect(await afterRestart()).toEqual([400, 400]);
  },
);

it.each([0, 1])('a user revoked on a full disk (%i writes left) is revoked by a repetition', async (left) => {
  const { service, participants, afterRestart } = await setUp();
  const disk = fillDisk(left);
  const body = { userId: 'guest' };
  expect(await service.call('revokeUser', { body })).toMatchObject({ status: 503 });
  disk.mockRestore();
  expect((await service.call('revokeUser', { body })).status).toBe(204);
  await expect.poll(participants).toEqual([]);
  expect(await afterRestart()).toEqual([200, 400]);
});

it('a login that ended on a full disk does not return after a restart', async () => {
  const { service, ticket, guest, clock, afterRestart } = await setUp();
  const disk = fillDisk(1);
  expect((await service.call('revokeTicket', { params: { id: ticket.id } })).status).toBe(503);
  disk.mockRestore();
  expect((await guest.call('getIceServers')).status).toBe(401);
  clock.advance(60 * 60_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await afterRestart()).toEqual([400, 400]);
});
