import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits/limits.ts';
import { noRecords, type Records } from '../storage/records.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Logins, LOST_ANSWER_MS, type StoredLogin } from './logins.ts';
import type { Subject } from './subject.ts';

const hourMs = 60 * 60_000;
const guest: Subject = {
  userId: 'u-1',
  organizationId: 'o-1',
  authorities: ['ROLE_CUSTOMER'],
  clientId: 'customer',
  conferenceId: 'c-1',
};

function setUp(records: Records<never> = noRecords, clock = new FakeClock(), loginsPerTicket = 2) {
  const logins = new Logins({
    clock,
    unusedLifetimeMs: 24 * hourMs,
    maxAgeMs: 30 * hourMs,
    limits: { ...defaultLimits, loginsPerTicket },
    records,
    onError: failLoudly,
  });
  /** Renews as the token endpoint does; undefined if the token is refused. */
  const renew = async (token: string, clientId = 'customer'): Promise<string | undefined> => {
    const login = await logins.find(token, clientId);
    return login && logins.renew(login, token);
  };
  return { clock, logins, renew };
}

async function started() {
  const parts = setUp();
  const { login, token } = await parts.logins.start(guest, { ticketId: 't-1' });
  return { ...parts, login, token };
}

/** Records that survive their users, as a data folder's do. */
function keptRecords() {
  const values = new Map<string, unknown>();
  const records = {
    entries: () => [...values],
    put: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
    delete: (key: string) => Promise.resolve(void values.delete(key)),
  } as unknown as Records<never>;
  return { values, records };
}

describe('a refresh token', () => {
  it('has 256 random bits in base64url, and its successors look the same', async () => {
    const { token, renew } = await started();
    const next = await renew(token);
    for (const text of [token, next ?? '']) {
      expect(text).toMatch(/^[\w-]{43}$/);
      expect(Buffer.from(text, 'base64url')).toHaveLength(32);
    }
  });

  it('works for the client that received it only', async () => {
    const { token, renew } = await started();
    expect(await renew(token, 'service')).toBeUndefined();
    expect(await renew(token)).toBeDefined();
  });

  it('returns the same successor again for a minute, since the answer may have been lost', async () => {
    const { clock, token, renew } = await started();
    const next = await renew(token);
    clock.advance(LOST_ANSWER_MS);
    expect(await renew(token)).toBe(next);
    expect(await Promise.all([renew(token), renew(token)])).toEqual([next, next]);
    expect(await renew(next ?? '')).toBeDefined();
  });

  it('is refused, without harm, once its successor was used within that minute', async () => {
    const { token, renew, logins, login } = await started();
    const last = await renew((await renew(token)) ?? '');
    expect(await renew(token)).toBeUndefined();
    expect(logins.get(login.id)).toBeDefined();
    expect(await renew(last ?? '')).toBeDefined();
  });

  it('ends its login when it is used again after that minute, whoever does so', async () => {
    const { clock, token, renew, logins, login } = await started();
    const next = await renew(token);
    clock.advance(LOST_ANSWER_MS + 1);
    expect(await renew(token)).toBeUndefined();
    expect(logins.get(login.id)).toBeUndefined();
    expect(await renew(next ?? '')).toBeUndefined();
    expect(clock.timerCount).toBe(0);
  });

  it('ends its login although many others followed it', async () => {
    const { clock, token, renew, logins } = await started();
    let latest = token;
    for (let count = 0; count < 50; count += 1) {
      clock.advance(10_000);
      latest = (await renew(latest)) ?? '';
    }
    expect(await renew(token)).toBeUndefined();
    expect([await renew(latest), logins.count]).toEqual([undefined, 0]);
  });

  it('is forgotten once a thousand others followed it', async () => {
    const { clock, token, renew, logins } = await started();
    const second = (await renew(token)) ?? '';
    let latest = second;
    for (let count = 0; count < 1_000; count += 1) latest = (await renew(latest)) ?? '';
    clock.advance(LOST_ANSWER_MS + 1);
    expect([await renew(token), logins.count]).toEqual([undefined, 1]);
    expect([await renew(second), logins.count]).toEqual([undefined, 0]);
  });

  it('expires when it is unused for its lifetime', async () => {
    const { clock, token, renew, logins } = await started();
    clock.advance(24 * hourMs - 1);
    expect(logins.count).toBe(1);
    clock.advance(1);
    expect([await renew(token), logins.count]).toEqual([undefined, 0]);
  });

  it('cannot prolong a login beyond its greatest age', async () => {
    const { clock, token, renew, logins } = await started();
    let latest = token;
    for (let hour = 0; hour < 29; hour += 1) {
      clock.advance(hourMs);
      latest = (await renew(latest)) ?? '';
    }
    expect(latest).not.toBe('');
    clock.advance(hourMs - 1);
    expect(logins.count).toBe(1);
    clock.advance(1);
    expect([await renew(latest), logins.count]).toEqual([undefined, 0]);
  });
});

describe('a login', () => {
  it('is stored without its tokens, and continues after a restart, with what was spent', async () => {
    const { values, records } = keptRecords();
    const first = setUp(records);
    const { login, token } = await first.logins.start(guest, { ticketId: 't-1' });
    const next = (await first.renew(token)) ?? '';
    await first.logins.bind(login.id, 'instance-1');
    expect(JSON.stringify([...values])).not.toMatch(new RegExp(`${token}|${next}`));

    const second = setUp(records, first.clock);
    expect(second.logins.get(login.id)).toMatchObject({ subject: guest, conferenceInstance: 'instance-1' });
    expect(await second.renew(token)).toBe(next);
    first.clock.advance(LOST_ANSWER_MS + 1);
    expect(await second.renew(token)).toBeUndefined();
    expect([second.logins.count, values.size]).toEqual([0, 0]);
  });

  it('that expired while the server was stopped ends with the start', async () => {
    const { values, records } = keptRecords();
    const clock = new FakeClock();
    const { login } = await setUp(records, clock).logins.start(guest, {});
    const later = new FakeClock(clock.now() + 25 * hourMs);
    const { logins } = setUp(records, later);
    later.advance(0);
    expect([logins.get(login.id), logins.count, values.size]).toEqual([undefined, 0, 0]);
  });

  it('of an older server continues', async () => {
    const { values, records } = keptRecords();
    const token = 'older';
    const expiresAtMs = new FakeClock().now() + hourMs;
    // printf older | openssl dgst -sha256 -binary | basenc --base64url
    values.set('2pJaMOMff9qnBE4-W6SuF2cN6C1new5631cAQooTejY', { subject: guest, expiresAtMs });
    const { renew, logins } = setUp(records);
    const next = await renew(token);
    expect(next).toMatch(/^[\w-]{43}$/);
    expect(logins.count).toBe(1);
    expect(await renew(next ?? '')).toBeDefined();
  });

  it('belongs to the first conference that its holder enters', async () => {
    const { logins, login } = await started();
    await logins.bind(login.id, 'instance-1');
    await logins.bind(login.id, 'instance-2');
    await logins.bind('nobody', 'instance-1');
    expect(logins.get(login.id)?.conferenceInstance).toBe('instance-1');
  });

  it('is one of a limited number for its ticket, and leaves room for another when it ends', async () => {
    const { logins, login, token, renew } = await started();
    await renew(token);
    await logins.start(guest, { ticketId: 't-1' });
    const start = () => logins.start(guest, { ticketId: 't-1' });
    await expect(start()).rejects.toMatchObject({ code: 'limit_exceeded' });
    await logins.start(guest, { ticketId: 't-2' });
    await logins.end(login.id);
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'limit_exceeded' });
  });

  it('may be the only one of its ticket', async () => {
    const { logins } = setUp(noRecords, new FakeClock(), 1);
    const start = () => logins.start(guest, { ticketId: 't-1' });
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'limit_exceeded' });
  });

  it('keeps to its age, and stays one login of its ticket, when the clock is set back', async () => {
    const { clock, logins } = await started();
    clock.set(-hourMs);
    clock.advance(24 * hourMs);
    expect([logins.count, clock.timerCount]).toEqual([1, 1]);
    await logins.start(guest, { ticketId: 't-1' });
    clock.advance(hourMs - 1);
    expect(logins.count).toBe(2);
    clock.advance(1);
    expect(logins.count).toBe(1);
  });

  it('is deleted when that is possible again, and only once', async () => {
    let isFull = true;
    const deleted: string[] = [];
    const records = {
      entries: () => [],
      put: () => Promise.resolve(),
      delete: (key: string) => {
        if (isFull) return Promise.reject(new Error('The disk is full.'));
        deleted.push(key);
        return Promise.resolve();
      },
    } as unknown as Records<never>;
    const { logins } = setUp(records);
    const { login } = await logins.start(guest, {});
    await expect(logins.end(login.id)).rejects.toThrow('full');
    expect(logins.count).toBe(0);
    isFull = false;
    await logins.dropEnded();
    await logins.dropEnded();
    expect(deleted).toEqual([login.id]);
    await logins.end(login.id);
    expect(await logins.endWhere(() => true)).toEqual([]);
  });

  it('has a stored secret of 256 random bits, and keeps it', async () => {
    const { values, records } = keptRecords();
    const { logins, renew } = setUp(records);
    const secretOf = (id: string) => (values.get(id) as StoredLogin).secret;
    const { login, token } = await logins.start(guest, {});
    const secret = secretOf(login.id);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    await renew(token);
    expect(secretOf(login.id)).toBe(secret);
  });

  it('leaves nothing behind, whichever way it ends', async () => {
    const { values, records } = keptRecords();
    const { clock, logins, renew } = setUp(records);
    const one = await logins.start(guest, { ticketId: 't-1' });
    await renew(one.token);
    await logins.start(guest, { ticketId: 't-2' });
    const ended = await logins.endWhere(({ ticketId }) => ticketId === 't-1');
    expect(ended).toMatchObject([{ id: one.login.id }]);
    expect([logins.count, values.size, clock.timerCount]).toEqual([1, 1, 1]);
    clock.advance(24 * hourMs);
    expect([logins.count, values.size, clock.timerCount]).toEqual([0, 0, 0]);
    const third: { readonly login: StoredLogin } = await logins.start(guest, {});
    expect(third.login.ticketId).toBeUndefined();
    logins.close();
    expect([logins.count, clock.timerCount]).toEqual([0, 0]);
  });
});
