import { describe, expect, it } from 'vitest';
import { userKeyOf, type Actor } from '../actor.ts';
import { defaultLimits } from '../limits/limits.ts';
import { anActor } from '../testing/builders.ts';
import { refusalOf } from '../testing/refusal-of.ts';
import { memoryRecords, testEndpoints, type StoredEndpoint } from './testing/test-endpoints.ts';

const ada = anActor();
const bob = anActor({ userId: 'u-2' });
const guest = (userId: string, conferenceId = 'c-1') => anActor({ userId, realm: 'ticket', conferenceId });

describe('a registered endpoint', () => {
  it('counts towards its user until it is unregistered', () => {
    const { endpoints } = testEndpoints({ limits: { ...defaultLimits, endpointsPerUser: 2 } });
    const register = (actor: Actor, userEndpointId: string) =>
      refusalOf(() => endpoints.register(actor, { userEndpointId, keepAliveSeconds: 5 }));
    expect(register(ada, 'one')).toBe('accepted');
    expect(register(ada, 'two')).toBe('accepted');
    expect(register(ada, 'three')).toBe('limit_exceeded');
    expect(register(ada, 'two')).toBe('accepted');
    expect(register(bob, 'three')).toBe('accepted');
    endpoints.unregister(ada, 'one');
    expect(register(ada, 'four')).toBe('accepted');
  });

  it('is one of a limited number for the guests of its conference, however many users they are', () => {
    const records = memoryRecords<StoredEndpoint>();
    const limits = { ...defaultLimits, participantsPerConference: 1 };
    const former = testEndpoints({ records, limits });
    for (let count = 0; count < 10; count += 1) {
      const userEndpointId = `${count}`;
      former.endpoints.register(guest(`guest-${count}`), { userEndpointId, keepAliveSeconds: 5 });
    }
    const { endpoints } = testEndpoints({ records, limits });
    endpoints.restore(() => false);
    const register = (actor: Actor, userEndpointId: string) =>
      refusalOf(() => endpoints.register(actor, { userEndpointId, keepAliveSeconds: 5 }));
    expect(register(guest('another'), 'another')).toBe('limit_exceeded');
    expect(register(guest('guest-0'), '0')).toBe('accepted');
    expect(register(guest('another', 'c-2'), 'of c-2')).toBe('accepted');
    expect(register(ada, 'of staff')).toBe('accepted');
    endpoints.unregister(guest('guest-0'), '0');
    expect(register(guest('another'), 'another')).toBe('accepted');
  });

  it('is stored until it is dropped or unregistered', () => {
    const records = memoryRecords<StoredEndpoint>();
    const { clock, endpoints } = testEndpoints({ records });
    for (const [userEndpointId, keepAliveSeconds] of [
      ['one', 5],
      ['two', 60],
      ['three', 5],
    ] as const) {
      endpoints.register(ada, { userEndpointId, keepAliveSeconds });
    }
    expect([...records.stored.values()]).toMatchObject([
      { id: 'one', keepAliveMs: 5_000 },
      { id: 'two', keepAliveMs: 60_000 },
      { id: 'three', keepAliveMs: 5_000 },
    ]);
    endpoints.unregister(ada, 'three');
    clock.advance(15_000);
    expect([...records.stored.values()]).toMatchObject([{ id: 'two' }]);
  });

  it('gets its full time after a restart, and stays sick if it was', () => {
    const records = memoryRecords<StoredEndpoint>();
    const former = testEndpoints({ records });
    former.endpoints.register(ada, { userEndpointId: 'fine', keepAliveSeconds: 5 });
    former.endpoints.register(ada, { userEndpointId: 'sick', keepAliveSeconds: 5 });
    const { clock, told, endpoints } = testEndpoints({ records });
    endpoints.restore(({ id }) => id === 'sick');
    expect(endpoints.count).toBe(2);
    expect(told).toEqual([]);
    endpoints.requireOwn(ada, 'sick');
    expect(told).toEqual(['sick HEALTHY']);
    clock.advance(4_999);
    expect(told).toHaveLength(1);
    clock.advance(1);
    expect(told.slice(1)).toEqual(['fine SICK', 'sick SICK']);
    expect(refusalOf(() => endpoints.requireOwn(bob, 'fine'))).toBe('forbidden');
  });

  it('works although it cannot be stored', async () => {
    const { told, endpoints } = testEndpoints({
      records: {
        entries: () => [],
        put: () => Promise.reject(new Error('no space')),
        delete: () => Promise.reject(new Error('still no space')),
      },
    });
    const id = endpoints.register(ada, { keepAliveSeconds: 5 });
    endpoints.unregister(ada, id);
    await Promise.resolve();
    expect(told).toEqual(['Error: no space', 'Error: still no space']);
  });

  it('leaves no timer behind', () => {
    const { clock, endpoints } = testEndpoints();
    endpoints.register(ada, { userEndpointId: 'one', keepAliveSeconds: 5 });
    endpoints.register(ada, { userEndpointId: 'two', keepAliveSeconds: 5 });
    endpoints.unregister(ada, 'one');
    expect(clock.timerCount).toBe(1);
    endpoints.close();
    expect([clock.timerCount, endpoints.count, endpoints.userCount]).toEqual([0, 0, 0]);
  });

  it('may be the only one of its user', () => {
    const { endpoints } = testEndpoints({ limits: { ...defaultLimits, endpointsPerUser: 1 } });
    endpoints.register(ada, { userEndpointId: 'one', keepAliveSeconds: 5 });
    expect(refusalOf(() => endpoints.register(ada, { userEndpointId: 'two', keepAliveSeconds: 5 }))).toBe(
      'limit_exceeded',
    );
  });

  it('without a known owner, as older servers stored it, is deleted', async () => {
    const records = memoryRecords<StoredEndpoint>();
    const former = { ownerKey: userKeyOf(ada), keepAliveMs: 5_000 };
    records.stored.set('former', former);
    const { endpoints } = testEndpoints({ records });
    endpoints.restore(() => false);
    expect([endpoints.count, records.stored.size]).toEqual([0, 0]);
    const broken = {
      entries: () => [['former', former]] as const,
      put: () => Promise.resolve(),
      delete: () => Promise.reject(new Error('no space')),
    };
    const { told, endpoints: others } = testEndpoints({ records: broken });
    others.restore(() => false);
    await Promise.resolve();
    expect(told).toEqual(['Error: no space']);
  });
});
