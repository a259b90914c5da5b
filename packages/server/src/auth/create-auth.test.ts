import type { TokenResponse } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { defaultLimits } from '../limits/limits.ts';
import { noRecords, type Records } from '../storage/records.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { createAuth, type AuthOptions } from './create-auth.ts';

const hourMs = 60 * 60_000;
const client = { grant_type: 'client_credentials', client_id: 'backend', client_secret: 's' } as const;

async function setUp(
  options: Omit<AuthOptions, 'clients'> = {},
  records: (name: string) => Records<never> = () => noRecords,
) {
  const clock = new FakeClock();
  const auth = await createAuth(
    { clients: [{ id: 'backend', secret: 's', roles: ['SERVICE'] }], ...options },
    {
      clock,
      storage: { records },
      limits: defaultLimits,
      onError: failLoudly,
      instanceOf: (id) => Promise.resolve({ id: `instance of ${id}`, isEnded: false }),
    },
  );
  const bearer = async (): Promise<string> =>
    `Bearer ${(await auth.grants.grant(client, undefined)).access_token}`;
  const staff = await auth.authenticate(await bearer());
  const ticket = async (properties: object = {}): Promise<string> => {
    const command = { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c', ...properties } } as const;
    return (await auth.tickets.create(command, staff)).id;
  };
  const logInWith = (id: string): Promise<TokenResponse> =>
    auth.grants.grant({ grant_type: 'password', ticket: id, client_id: 'customer' }, undefined);
  const logIn = async (): Promise<string> => (await logInWith(await ticket())).refresh_token ?? '';
  return { clock, auth, bearer, staff, ticket, logInWith, logIn };
}

it('gives access tokens 15 minutes by default', async () => {
  const { clock, auth, bearer } = await setUp();
  const header = await bearer();
  expect(await auth.grants.grant(client, undefined)).toMatchObject({
    expires_in: 900,
    organization: 'default',
  });
  // Tokens count whole seconds, and the clock starts within one.
  clock.advance(899_000);
  expect(await auth.authenticate(header)).toMatchObject({ userId: 'backend', realm: 'client' });
  clock.advance(1_000);
  await expect(auth.authenticate(header)).rejects.toMatchObject({ code: 'invalid_token' });
});

it('replaces the signing key after 24 hours by default', async () => {
  const { clock, auth, bearer } = await setUp();
  const newest = async () => (await auth.accessTokens.keySet()).keys[0]?.kid;
  const first = await newest();
  clock.advance(24 * hourMs - 1);
  await bearer();
  expect(await newest()).toBe(first);
  clock.advance(1);
  await bearer();
  expect(await newest()).not.toBe(first);
});

it('gives unused refresh tokens and logins 24 hours by default', async () => {
  const { clock, auth, logIn } = await setUp();
  await logIn();
  clock.advance(24 * hourMs - 1);
  expect(auth.logins.count).toBe(1);
  clock.advance(1);
  expect(auth.logins.count).toBe(0);
});

it('keeps expired tickets for 24 hours by default', async () => {
  const { clock, auth, staff } = await setUp();
  const { id } = await auth.tickets.create(
    { type: 'MULTI_USE_TICKET', ttl: 1, properties: { conference_id: 'c' } },
    staff,
  );
  clock.advance(24 * hourMs + 999);
  await auth.dropExpired();
  expect(auth.tickets.read(id, staff)).toMatchObject({ expired: true });
  clock.advance(1);
  await auth.dropExpired();
  expect(() => auth.tickets.read(id, staff)).toThrow(expect.objectContaining({ code: 'not_found' }));
});

it('stops all timers when it closes', async () => {
  const { clock, auth, logIn } = await setUp();
  await logIn();
  expect(clock.timerCount).toBe(1);
  auth.close();
  expect([clock.timerCount, auth.logins.count]).toEqual([0, 0]);
});

it('binds a login to the conference that lives when it starts', async () => {
  const { auth, logIn } = await setUp();
  const refreshToken = await logIn();
  const login = await auth.grants.grant(
    { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'customer' },
    undefined,
  );
  expect(await auth.authenticate(`Bearer ${login.access_token}`)).toMatchObject({
    realm: 'ticket',
    conferenceId: 'c',
    conferenceInstance: 'instance of c',
  });
});

it.each<[string, Omit<AuthOptions, 'clients'>, number]>([
  ['24 hours by default', {}, 24 * hourMs],
  ['the configured time', { maxLoginSeconds: 60 }, 60_000],
  ['the configured time without use', { refreshTokenSeconds: 60 }, 60_000],
  ['24 hours without use, although it may last longer', { maxLoginSeconds: 48 * 3_600 }, 24 * hourMs],
  ['24 hours, although it may be unused for longer', { refreshTokenSeconds: 48 * 3_600 }, 24 * hourMs],
])('ends a login after %s', async (_what, options, endMs) => {
  const { clock, auth, logIn } = await setUp(options);
  await logIn();
  clock.advance(endMs - 1);
  expect(auth.logins.count).toBe(1);
  clock.advance(1);
  expect(auth.logins.count).toBe(0);
});

it('gives access tokens, keys and expired tickets the configured lifetimes', async () => {
  const { clock, auth, staff, bearer } = await setUp({
    accessTokenSeconds: 60,
    keyRotationSeconds: 30,
    expiredTicketRetentionMs: 5_000,
  });
  expect(await auth.grants.grant(client, undefined)).toMatchObject({ expires_in: 60 });
  const { id } = await auth.tickets.create(
    { type: 'MULTI_USE_TICKET', ttl: 1, properties: { conference_id: 'c' } },
    staff,
  );
  clock.advance(5_999);
  await auth.dropExpired();
  expect(auth.tickets.read(id, staff)).toMatchObject({ expired: true });
  clock.advance(1);
  await auth.dropExpired();
  expect(() => auth.tickets.read(id, staff)).toThrow(expect.objectContaining({ code: 'not_found' }));
  clock.advance(24_000);
  await bearer();
  expect((await auth.accessTokens.keySet()).keys).toHaveLength(2);
});

it('drops old revocations, and ended logins that could not be deleted', async () => {
  const stored = new Set<string>();
  let isFull = true;
  const records = (name: string) =>
    ({
      entries: () => [],
      put: async (key: string) => void stored.add(`${name} ${key}`),
      delete: async (key: string) => {
        if (isFull) throw new Error('The disk is full.');
        stored.delete(`${name} ${key}`);
      },
    }) as Records<never>;
  const countOf = (name: string) => [...stored].filter((key) => key.startsWith(name)).length;
  const { clock, auth, staff, ticket, logInWith } = await setUp({}, records);
  const id = await ticket();
  await logInWith(id);
  await auth.revoke.user('ada', staff);
  await expect(auth.revoke.ticket(id, staff)).rejects.toThrow('full');
  expect([auth.logins.count, countOf('refresh_tokens'), countOf('revocations')]).toEqual([0, 1, 1]);
  isFull = false;
  await auth.dropExpired();
  expect([countOf('refresh_tokens'), countOf('revocations')]).toEqual([0, 1]);
  clock.advance(30 * 24 * hourMs);
  await auth.dropExpired();
  expect([countOf('tickets'), countOf('revocations')]).toEqual([0, 0]);
});

it('refuses the access token of a user who was revoked or whose login ended', async () => {
  const { clock, auth, staff, ticket, logInWith } = await setUp();
  const id = await ticket({ customer_id: 'ada' });
  const authenticate = async (login: Promise<TokenResponse>) =>
    auth.authenticate(`Bearer ${(await login).access_token}`);
  const first = logInWith(id);
  expect(await authenticate(first)).toMatchObject({ userId: 'ada' });
  clock.advance(1_000);
  await auth.revoke.user('ada', staff);
  await expect(authenticate(first)).rejects.toThrow('ended or was revoked');
  const second = logInWith(id);
  expect(await authenticate(second)).toMatchObject({ userId: 'ada' });
  await auth.revoke.ticket(id, staff);
  await expect(authenticate(second)).rejects.toMatchObject({ code: 'invalid_token' });
});
