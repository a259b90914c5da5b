import { expect, it } from 'vitest';
import { defaultLimits } from '../limits/limits.ts';
import { noRecords } from '../storage/records.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { createAuth } from './create-auth.ts';

const hourMs = 60 * 60_000;
const client = { grant_type: 'client_credentials', client_id: 'backend', client_secret: 's' } as const;

async function setUp() {
  const clock = new FakeClock();
  const auth = await createAuth(
    { clients: [{ id: 'backend', secret: 's', roles: ['SERVICE'] }] },
    {
      clock,
      storage: { records: () => noRecords },
      limits: defaultLimits,
      onError: failLoudly,
      instanceOf: (id) => Promise.resolve({ id: `instance of ${id}`, isEnded: false }),
    },
  );
  const bearer = async (): Promise<string> =>
    `Bearer ${(await auth.grants.grant(client, undefined)).access_token}`;
  const staff = await auth.authenticate(await bearer());
  const logIn = async (): Promise<string> => {
    const { id } = await auth.tickets.create(
      { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c' } },
      staff,
    );
    const login = await auth.grants.grant(
      { grant_type: 'password', ticket: id, client_id: 'customer' },
      undefined,
    );
    return login.refresh_token ?? '';
  };
  return { clock, auth, bearer, staff, logIn };
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
