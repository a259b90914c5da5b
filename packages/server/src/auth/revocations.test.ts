import { expect, it } from 'vitest';
import type { Records } from '../storage/records.ts';
import { anActor } from '../testing/builders.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Revocations } from './revocations.ts';

const dayMs = 24 * 60 * 60_000;
const user = { organizationId: 'o-1', userId: 'u-1', realm: 'external' } as const;

function setUp() {
  const clock = new FakeClock();
  const stored = new Map<string, unknown>();
  const records = {
    entries: () => [...stored],
    put: (key: string, value: unknown) => Promise.resolve(void stored.set(key, value)),
    delete: (key: string) => Promise.resolve(void stored.delete(key)),
  } as unknown as Records<number>;
  const revocations = new Revocations({ clock, records });
  const includes = (fields: Parameters<typeof anActor>[0]): boolean =>
    revocations.includes(anActor({ ...user, ...fields }));
  return { clock, stored, records, revocations, includes };
}

it('includes tokens of that user issued until then, and tokens without a time', async () => {
  const { clock, revocations, includes } = setUp();
  const nowMs = clock.now();
  expect([includes({}), includes({ tokenIssuedAtMs: nowMs })]).toEqual([false, false]);
  await revocations.add(user);
  expect([includes({}), includes({ tokenIssuedAtMs: nowMs })]).toEqual([true, true]);
  expect(includes({ tokenIssuedAtMs: nowMs + 1 })).toBe(false);
  for (const other of [{ userId: 'u-2' }, { organizationId: 'o-2' }, { realm: 'client' } as const]) {
    expect(includes(other)).toBe(false);
  }
});

it('keeps a revocation for 30 days, across restarts', async () => {
  const { clock, stored, records, revocations } = setUp();
  await revocations.add(user);
  clock.advance(30 * dayMs - 1);
  await revocations.dropOld();
  const next = new Revocations({ clock, records });
  expect(next.includes(anActor(user))).toBe(true);
  clock.advance(1);
  await next.dropOld();
  expect([next.includes(anActor(user)), stored.size]).toEqual([false, 0]);
});

it('revokes again from a later time', async () => {
  const { clock, stored, revocations, includes } = setUp();
  await revocations.add(user);
  clock.advance(1_000);
  await revocations.add(user);
  expect([includes({ tokenIssuedAtMs: clock.now() }), stored.size]).toEqual([true, 1]);
});

it('holds a bounded number of users', async () => {
  const { revocations } = setUp();
  for (let index = 0; index < 100_000; index += 1) await revocations.add({ ...user, userId: `${index}` });
  await expect(revocations.add(user)).rejects.toMatchObject({ code: 'limit_exceeded' });
  await revocations.add({ ...user, userId: '7' });
});
