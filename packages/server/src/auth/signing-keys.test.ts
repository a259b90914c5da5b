import { describe, expect, it } from 'vitest';
import { noRecords, type Records } from '../storage/records.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import type { StoredSigningKey } from './signing-key.ts';
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
  expect(await keys.find(first.id)).toBe(first);
  clock.advance(1);
  expect(await keys.find(first.id)).toBeUndefined();
  expect(await keys.find(second.id)).toBe(second);
  expect(await keys.find(undefined)).toBeUndefined();
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

/** Records in the order of their ids, which says nothing about their age. */
function keptRecords() {
  const stored = new Map<string, StoredSigningKey>();
  const records: Records<StoredSigningKey> = {
    entries: () => [...stored].toSorted(([one], [other]) => (one < other ? -1 : 1)),
    put: async (id, key) => void stored.set(id, key),
    delete: async (id) => void stored.delete(id),
  };
  return { stored, records };
}

describe('stored keys', () => {
  const options = { rotationMs: 24 * hourMs, tokenLifetimeMs: hourMs };

  it('continue after a restart, the newest first, whatever the order of their ids', async () => {
    const { records } = keptRecords();
    const clock = new FakeClock();
    const longLived = { ...options, tokenLifetimeMs: 999 * hourMs, clock, records };
    const keys = await SigningKeys.create(longLived);
    const ids = [(await keys.current()).id];
    for (let count = 0; count < 4; count += 1) {
      clock.advance(24 * hourMs);
      ids.unshift((await keys.current()).id);
    }
    const restarted = await SigningKeys.create(longLived);
    expect((await restarted.keySet()).keys.map(({ kid }) => kid)).toEqual(ids);
    expect((await restarted.current()).id).toBe(ids[0]);
  });

  it('are deleted with the rotation after their last token has expired', async () => {
    const { stored, records } = keptRecords();
    const clock = new FakeClock();
    const keys = await SigningKeys.create({ ...options, clock, records });
    const first = await keys.current();
    clock.advance(24 * hourMs);
    const second = await keys.current();
    expect([...stored.keys()]).toEqual([first.id, second.id]);
    clock.advance(24 * hourMs);
    const third = await keys.current();
    expect([...stored.keys()]).toEqual([second.id, third.id]);
  });

  it('of another kind are refused by name', async () => {
    const records: Records<StoredSigningKey> = {
      ...noRecords,
      entries: () => [['k-1', { jwk: { kty: 'oct', k: 'AA' }, createdAtMs: 0 }]],
    };
    await expect(SigningKeys.create({ ...options, clock: new FakeClock(), records })).rejects.toThrow(
      '"k-1" in the data folder is not an RSA key',
    );
  });
});

it('tries again after it could not store a new key', async () => {
  const clock = new FakeClock();
  let isFull = false;
  const records: Records<StoredSigningKey> = {
    ...noRecords,
    put: () => (isFull ? Promise.reject(new Error('The disk is full.')) : Promise.resolve()),
  };
  const keys = await SigningKeys.create({ clock, rotationMs: hourMs, tokenLifetimeMs: hourMs, records });
  const first = await keys.current();
  clock.advance(hourMs);
  isFull = true;
  await expect(keys.current()).rejects.toThrow('full');
  isFull = false;
  expect((await keys.current()).id).not.toBe(first.id);
});
