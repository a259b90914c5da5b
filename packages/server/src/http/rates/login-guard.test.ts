import { createConnection } from 'node:net';
import type { Ticket } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { defaultRateLimits, type RateLimits } from '../../limits/rate-limits.ts';
import { RefusalError } from '../../refusal.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';
import { LoginGuard } from './login-guard.ts';

async function setUp(rateLimits: Partial<RateLimits>) {
  const server = await startTestServer({ rateLimits });
  const { service } = server;
  const conferenceId = await service.create();
  const ticketOf = async (length: 6 | 9): Promise<string> => {
    const body = { type: 'MULTI_USE_TICKET', length, properties: { conference_id: conferenceId } };
    return (await service.do<Ticket>('createTicket', { body })).id ?? '';
  };
  return { ...server, ticketOf, logIn: logInTo(server) };
}

function logInTo({ requestToken }: TestServer) {
  return async (username: string): Promise<number> =>
    (await requestToken({ grant_type: 'password', username }, 'customer:')).status;
}

/** The statuses of parallel logins, sorted. */
async function all(logins: readonly Promise<number>[]): Promise<readonly number[]> {
  return (await Promise.all(logins)).toSorted((a, b) => a - b);
}

const wrong = 'AAAAAA';

it('never refuses a correct credential because of wrong ones from the same address', async () => {
  const { requestToken, ticketOf, logIn } = await setUp({
    failedLoginsPerAddress: 3,
    ticketGuessesPerAddress: 20,
  });
  const [short, long] = [await ticketOf(6), await ticketOf(9)];
  const form = { grant_type: 'password', username: short };
  const { refresh_token: refreshToken = '' } = (await requestToken(form, 'customer:')).body;
  expect(await all(Array.from({ length: 8 }, () => logIn(wrong)))).toEqual([
    400, 400, 400, 429, 429, 429, 429, 429,
  ]);
  const secret = { grant_type: 'client_credentials', client_id: 'service', client_secret: 'wrong' };
  expect((await requestToken(secret)).status).toBe(429);

  expect(await logIn(short)).toBe(200);
  expect(await logIn(long)).toBe(200);
  expect((await requestToken({ ...secret, client_secret: 'secret' })).status).toBe(200);
  const renewal = { grant_type: 'refresh_token', refresh_token: refreshToken };
  expect((await requestToken(renewal, 'customer:')).status).toBe(200);
});

it('refuses short tickets unchecked after more guesses than typing errors explain, but nothing else', async () => {
  const { requestToken, ticketOf, logIn, clock } = await setUp({ ticketGuessesPerAddress: 10 });
  const [short, long] = [await ticketOf(6), await ticketOf(9)];
  await all(Array.from({ length: 9 }, () => logIn(wrong)));
  expect(await logIn(short)).toBe(200);
  await logIn(wrong);
  const refused = await requestToken({ grant_type: 'password', username: short }, 'customer:');
  expect(refused).toMatchObject({
    status: 429,
    body: {
      error: 'too_many_requests',
      error_description: expect.stringMatching(/ticketGuessesPerAddress.*Wait/),
    },
  });
  expect(refused.headers.get('retry-after')).toBe('900');
  expect(await logIn(` ${short}   `)).toBe(429);
  expect((await requestToken({ grant_type: 'password', ticket: short }, 'customer:')).status).toBe(429);
  expect(await logIn(long)).toBe(200);
  const secret = { grant_type: 'client_credentials', client_id: 'service', client_secret: 'secret' };
  expect((await requestToken(secret)).status).toBe(200);
  clock.advance(15 * 60_000);
  expect(await logIn(short)).toBe(200);
});

it('accepts short tickets again in time although the clock was set back', async () => {
  const { ticketOf, logIn, clock } = await setUp({ ticketGuessesPerAddress: 2 });
  const short = await ticketOf(6);
  await all(Array.from({ length: 2 }, () => logIn(wrong)));
  clock.set(-60 * 60_000);
  expect(await logIn(short)).toBe(429);
  clock.advance(15 * 60_000);
  expect(await logIn(short)).toBe(200);
});

it('does not count refused refresh tokens, which nobody guesses', async () => {
  const { requestToken, ticketOf, logIn } = await setUp({
    ticketGuessesPerAddress: 2,
    failedLoginsPerAddress: 2,
  });
  const renewal = { grant_type: 'refresh_token', refresh_token: 'lost' };
  for (let count = 0; count < 5; count += 1) {
    expect((await requestToken(renewal, 'customer:')).status).toBe(400);
  }
  expect(await logIn(await ticketOf(6))).toBe(200);
});

it('lets a crowd with one ticket in at the same time', async () => {
  const { ticketOf, logIn } = await setUp({ failedLoginsPerAddress: 3, ticketGuessesPerAddress: 3 });
  const ticket = await ticketOf(6);
  const statuses = await all(Array.from({ length: 50 }, () => logIn(ticket)));
  expect(new Set(statuses)).toEqual(new Set([200]));
});

it('limits the logins with one credential, and not those with another', async () => {
  const { ticketOf, logIn, requestToken } = await setUp({ loginsPerAddress: 3 });
  const [one, other] = [await ticketOf(6), await ticketOf(6)];
  expect(await all(Array.from({ length: 5 }, () => logIn(one)))).toEqual([200, 200, 200, 429, 429]);
  for (let count = 0; count < 10; count += 1) await logIn(wrong);
  const { status, body } = await requestToken({ grant_type: 'password', username: other }, 'customer:');
  expect(status).toBe(200);
  let refreshToken = body.refresh_token ?? '';
  const renew = async (): Promise<number> => {
    const renewed = await requestToken(
      { grant_type: 'refresh_token', refresh_token: refreshToken },
      'customer:',
    );
    if (renewed.status === 200) refreshToken = renewed.body.refresh_token ?? '';
    return renewed.status;
  };
  expect([await renew(), await renew(), await renew(), await renew()]).toEqual([200, 200, 200, 429]);
});

it('limits the tickets that one user creates in a minute', async () => {
  const { ticketOf } = await setUp({ loginsPerAddress: 2 });
  await ticketOf(6);
  await ticketOf(6);
  await expect(ticketOf(6)).rejects.toThrow(/429/);
});

it('is not delayed by logins whose bodies never arrive', async () => {
  const { url, ticketOf, logIn } = await setUp({ failedLoginsPerAddress: 3, ticketGuessesPerAddress: 3 });
  const ticket = await ticketOf(6);
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: 10 }, () => createConnection(Number(port), hostname));
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          const head =
            'POST /security/oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n' +
            'Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=pass';
          socket.write(head, () => {
            resolve();
          });
        }),
    ),
  );
  expect(await logIn(ticket)).toBe(200);
  for (const socket of sockets) socket.destroy();
});

it('remembers the failures of 100,000 addresses', async () => {
  const limits = { ...defaultRateLimits, failedLoginsPerAddress: 1 };
  const guard = new LoginGuard(limits, () => 0);
  const failure = new RefusalError('invalid_grant', 'Wrong.');
  const codeOf = async (address: string) => {
    const request = { grant_type: 'password', username: 'long enough' } as const;
    const error: unknown = await guard.logIn(address, request, () => Promise.reject(failure)).catch(String);
    return String(error).includes('Wrong.') ? 'wrong' : 'too many';
  };
  for (let address = 0; address < 100_000; address += 1) await codeOf(`${address}`);
  expect(await codeOf('0')).toBe('too many');
  await codeOf('another');
  expect([await codeOf('0'), await codeOf('2')]).toEqual(['wrong', 'too many']);
});
