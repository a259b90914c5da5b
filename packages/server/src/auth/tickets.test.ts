import type { CreateTicketCommand } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { noRecords, type Records } from '../storage/records.ts';
import { anActor } from '../testing/builders.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Tickets } from './tickets.ts';

const staff = anActor({}, 'manage-tickets');
const command: CreateTicketCommand = { type: 'MULTI_USE_TICKET', properties: { conference_id: 'c-1' } };

const isClientId = (userId: string): boolean => userId === 'backend';

function setUp(records: Records<never> = noRecords) {
  const clock = new FakeClock();
  const tickets = new Tickets({ clock, records, isClientId, expiredRetentionMs: 60_000 });
  return { clock, tickets };
}

describe('a ticket', () => {
  it('has six characters and lasts four hours by default', async () => {
    const { clock, tickets } = setUp();
    const { id, createdAt, expiresAt } = await tickets.create(command, staff);
    expect(id).toMatch(/^[A-HJKMNP-Z2-9]{6}$/);
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(14_400_000);
    clock.advance(14_400_000 - 1);
    expect(tickets.find(id)).toMatchObject({ id, expired: false });
    clock.advance(1);
    expect(tickets.find(id)).toBeUndefined();
    expect(tickets.read(id, staff)).toMatchObject({ expired: true });
  });

  it('has the requested length and life', async () => {
    const { clock, tickets } = setUp();
    const { id } = await tickets.create({ ...command, length: 9, ttl: 10 }, staff);
    expect(id).toHaveLength(9);
    clock.advance(9_999);
    expect(tickets.find(id)).toBeDefined();
    clock.advance(1);
    expect(tickets.find(id)).toBeUndefined();
  });

  it('is chosen from 31 characters, evenly', async () => {
    const { tickets } = setUp();
    const created = await Promise.all(
      Array.from({ length: 400 }, () => tickets.create({ ...command, length: 9 }, staff)),
    );
    const characters = created.flatMap(({ id }) => id.split(''));
    expect(new Set(characters).size).toBe(31);
    const mean = characters.length / 31;
    for (const one of new Set(characters)) {
      const count = characters.filter((character) => character === one).length;
      // Six standard deviations.
      expect(Math.abs(count - mean)).toBeLessThan(6 * Math.sqrt(mean));
    }
    expect(new Set(created.map(({ id }) => id)).size).toBe(400);
  });

  it('is found in any case and with spaces around it', async () => {
    const { tickets } = setUp();
    const { id } = await tickets.create(command, staff);
    expect(tickets.find(` ${id.toLowerCase()}\t`)).toMatchObject({ id });
    expect(tickets.find(id.slice(1))).toBeUndefined();
  });

  it('needs a conference, and may not give its holder the id of a client', async () => {
    const { tickets } = setUp();
    const create = (properties: Required<CreateTicketCommand>['properties']) =>
      tickets.create({ type: 'MULTI_USE_TICKET', properties }, staff);
    const refused = { code: 'invalid_request' };
    await expect(tickets.create({ type: 'MULTI_USE_TICKET' }, staff)).rejects.toMatchObject(refused);
    await expect(create({})).rejects.toMatchObject(refused);
    await expect(create({ conference_id: 'c', customer_id: 'backend' })).rejects.toMatchObject(refused);
    expect(await create({ conference_id: 'c', customer_id: 'ada' })).toMatchObject({ version: 0 });
  });

  it('belongs to its organization, and only to staff there', async () => {
    const { tickets } = setUp();
    const { id } = await tickets.create(command, staff);
    const others = [
      [anActor(), 'forbidden'],
      [anActor({ organizationId: 'o-2' }, 'manage-tickets'), 'not_found'],
    ] as const;
    for (const [actor, code] of others) {
      expect(() => tickets.read(id, actor)).toThrow(expect.objectContaining({ code }));
      await expect(tickets.revoke(id, actor)).rejects.toMatchObject({ code });
    }
    await expect(tickets.create(command, anActor())).rejects.toMatchObject({ code: 'forbidden' });
    expect(tickets.find(id)).toBeDefined();
  });

  it('is useless for good once it is revoked, which may be repeated', async () => {
    const { tickets } = setUp();
    const { id } = await tickets.create(command, staff);
    expect(await tickets.revoke(id.toLowerCase(), staff)).toBe(id);
    expect(await tickets.revoke(id, staff)).toBe(id);
    expect(tickets.find(id)).toBeUndefined();
    expect(tickets.read(id, staff)).toMatchObject({ revoked: true, expired: false, version: 1 });
    await expect(tickets.revoke('UNHEARD', staff)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is dropped after its retention, from the records too', async () => {
    const stored = new Map<string, unknown>();
    const records = {
      entries: () => [...stored],
      put: (key: string, value: unknown) => Promise.resolve(void stored.set(key, value)),
      delete: (key: string) => Promise.resolve(void stored.delete(key)),
    } as unknown as Records<never>;
    const { clock, tickets } = setUp(records);
    const { id } = await tickets.create({ ...command, ttl: 10 }, staff);
    const { id: later } = await tickets.create({ ...command, ttl: 11 }, staff);
    clock.advance(69_999);
    await tickets.dropExpired();
    expect([...stored.keys()]).toEqual([id, later]);
    clock.advance(1);
    await tickets.dropExpired();
    expect([...stored.keys()]).toEqual([later]);
    expect(() => tickets.read(id, staff)).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(setUp(records).tickets.read(later, staff)).toMatchObject({ id: later });
  });
});
