import { expect, it } from 'vitest';
import { userKeyOf } from '../actor.ts';
import { defaultLimits } from '../limits/limits.ts';
import { noRecords } from '../storage/records.ts';
import { anActor } from '../testing/builders.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Logins } from './logins.ts';
import { Revocations } from './revocations.ts';
import { RevokeAccess } from './revoke-access.ts';
import { Tickets } from './tickets.ts';

const staff = anActor({ userId: 'staff' }, 'manage-tickets');
const isClientId = (id: string): boolean => id === 'backend';

async function setUp() {
  const clock = new FakeClock();
  const tickets = new Tickets({ clock, records: noRecords, isClientId, expiredRetentionMs: 0 });
  const logins = new Logins({
    clock,
    unusedLifetimeMs: 60_000,
    maxAgeMs: 60_000,
    limits: defaultLimits,
    records: noRecords,
    onError: failLoudly,
  });
  const revocations = new Revocations({ clock, records: noRecords });
  const revoke = new RevokeAccess({ tickets, logins, revocations, isClientId });
  const { id: ticketId } = await tickets.create(
    { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c-1' } },
    staff,
  );
  const logIn = async (userId: string, organizationId = 'o-1', startedBy = ticketId) => {
    const subject = { userId, organizationId, authorities: [], clientId: 'customer', conferenceId: 'c-1' };
    return (await logins.start(subject, { ticketId: startedBy })).login;
  };
  const isAlive = ({ id }: { readonly id: string }): boolean => logins.get(id) !== undefined;
  return { tickets, revocations, revoke, ticketId, logIn, isAlive };
}

it('ends the logins of a revoked ticket, and names their users', async () => {
  const { tickets, revoke, ticketId, logIn, isAlive } = await setUp();
  const logged = [await logIn('ada'), await logIn('bob'), await logIn('cy', 'o-1', 'another')];
  const keys = ['ada', 'bob'].map((userId) => userKeyOf(anActor({ userId, realm: 'ticket' })));
  expect(await revoke.ticket(ticketId.toLowerCase(), staff)).toEqual(keys);
  expect(logged.map(isAlive)).toEqual([false, false, true]);
  expect(tickets.find(ticketId)).toBeUndefined();
});

it('ends the logins of a revoked user in the organization of the caller, with both keys of that user', async () => {
  const { revocations, revoke, logIn, isAlive } = await setUp();
  const logged = [await logIn('ada'), await logIn('bob'), await logIn('ada', 'o-2')];
  expect(await revoke.user('ada', staff)).toEqual([
    userKeyOf(anActor({ userId: 'ada', realm: 'external' })),
    userKeyOf(anActor({ userId: 'ada', realm: 'ticket' })),
  ]);
  expect(logged.map(isAlive)).toEqual([false, true, true]);
  const isRevoked = (fields: object) => revocations.includes(anActor({ realm: 'external', ...fields }));
  expect([isRevoked({ userId: 'ada' }), isRevoked({ userId: 'ada', organizationId: 'o-2' })]).toEqual([
    true,
    false,
  ]);
});

it('refuses to revoke a client, and to revoke at all without the right to', async () => {
  const { revocations, revoke, ticketId, logIn, isAlive } = await setUp();
  const login = await logIn('ada');
  await expect(revoke.user('backend', staff)).rejects.toThrow('A client cannot be revoked');
  const attempts = [
    () => revoke.user('ada', anActor({}, 'moderate')),
    () => revoke.user('backend', staff),
    () => revoke.ticket(ticketId, anActor({}, 'moderate')),
  ];
  for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
  expect(isAlive(login)).toBe(true);
  expect(revocations.includes(anActor({ userId: 'ada', realm: 'external' }))).toBe(false);
});
