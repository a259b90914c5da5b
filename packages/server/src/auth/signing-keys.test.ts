import { expect, it } from 'vitest';
import { noRecords } from '../storage/records.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { SigningKeys } from './signing-keys.ts';

const hourMs = 3_600_000;

it('signs with one key until it is too old, then with a new one; both verify until old tokens expire', async () => {
  const clock = new FakeClock();
  const keys = await SigningKeys.create({
    clock,
    rotationMs: 24 * hourMs,
    tokenLifetimeMs: hourMs,
    records: noRecords,
  });
  const first = await keys.current();
  clock.advance(24 * hourMs - 1);
  expect(await keys.current()).toBe(first);
  clock.advance(1);
  const [second, same] = await Promise.all([keys.current(), keys.current()]);
  expect(same).toBe(second);
  expect(second.id).not.toBe(first.id);
  expect((await keys.keySet()).keys.map(({ kid }) => kid)).toEqual([second.id, first.id]);

  clock.advance(hourMs - 1);
  expect(keys.find(first.id)).toBe(first);
  clock.advance(1);
  expect(keys.find(first.id)).toBeUndefined();
  expect(keys.find(second.id)).toBe(second);
  expect(keys.find(undefined)).toBeUndefined();
  expect((await keys.keySet()).keys.map(({ kid }) => kid)).toEqual([second.id]);
});

it('does not publish private keys', async () => {
  const keys = await SigningKeys.create({
    clock: new FakeClock(),
    rotationMs: hourMs,
    tokenLifetimeMs: hourMs,
    records: noRecords,
  });
  const [key] = (await keys.keySet()).keys;
  expect(Object.keys(key ?? {}).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
});
