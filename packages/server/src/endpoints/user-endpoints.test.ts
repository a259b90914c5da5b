import { describe, expect, it } from 'vitest';
import { userKeyOf } from '../actor.ts';
import { anActor } from '../testing/builders.ts';
import { refusalOf } from '../testing/refusal-of.ts';
import { memoryRecords, testEndpoints, type StoredEndpoint } from './testing/test-endpoints.ts';

const ada = anActor();
const bob = anActor({ userId: 'u-2' });

describe('an endpoint', () => {
  it('is SICK after one missed deadline and gone after three', () => {
    const { clock, told, endpoints } = testEndpoints();
    const id = endpoints.register(ada, { keepAliveSeconds: 10 });
    clock.advance(9_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['made SICK']);
    clock.advance(19_999);
    expect(told).toEqual(['made SICK']);
    clock.advance(1);
    expect(told).toEqual(['made SICK', 'made silent']);
    expect(
      refusalOf(() => {
        endpoints.requireOwn(ada, id);
      }),
    ).toBe('not_found');
    expect(clock.timerCount).toBe(0);
  });

  it('stays healthy while it sends signs of life in time', () => {
    const { clock, told, endpoints } = testEndpoints();
    const id = endpoints.register(ada, { keepAliveSeconds: 10 });
    for (let beat = 0; beat < 5; beat += 1) {
      clock.advance(9_999);
      endpoints.requireOwn(ada, id);
    }
    expect(told).toEqual([]);
  });

  it.each([3_600_000, -3_600_000])('keeps its deadlines when the clock is set by %i ms', (byMs) => {
    const { clock, told, endpoints } = testEndpoints();
    endpoints.register(ada, { keepAliveSeconds: 10 });
    clock.set(byMs);
    clock.advance(9_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['made SICK']);
    clock.set(byMs);
    clock.advance(20_000);
    expect(told).toEqual(['made SICK', 'made silent']);
  });

  it('recovers with its next sign of life, and gets its full time again', () => {
    const { clock, told, endpoints } = testEndpoints();
    const id = endpoints.register(ada, { keepAliveSeconds: 10 });
    clock.advance(29_999);
    endpoints.requireOwn(ada, id);
    expect(told).toEqual(['made SICK', 'made HEALTHY']);
    clock.advance(29_999);
    expect(told).toEqual(['made SICK', 'made HEALTHY', 'made SICK']);
  });

  it.each(['registered', 'stored by an older server'])('%s for years is gone after three days', (how) => {
    const records = memoryRecords<StoredEndpoint>();
    const keepAliveMs = (2 ** 31 - 1) * 1_000;
    const stored = { id: 'made', organizationId: 'o-1', ownerKey: userKeyOf(ada), keepAliveMs };
    if (how !== 'registered') records.stored.set('key', stored);
    const { clock, told, endpoints } = testEndpoints({ records });
    endpoints.restore(() => false);
    if (how === 'registered') endpoints.register(ada, { keepAliveSeconds: keepAliveMs / 1_000 });
    clock.advance(3 * 24 * 60 * 60_000);
    expect(told).toEqual(['made SICK', 'made silent']);
  });

  it('stays alive while a request of its user is parked', () => {
    const { clock, told, endpoints } = testEndpoints();
    endpoints.register(ada, { keepAliveSeconds: 5 });
    const release = endpoints.holdAlive(ada);
    clock.advance(60_000);
    expect(told).toEqual([]);
    release();
    clock.advance(4_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['made SICK']);
  });

  it('is not kept alive by the parked request of another user', () => {
    const { clock, told, endpoints } = testEndpoints();
    endpoints.register(ada, { keepAliveSeconds: 5 });
    endpoints.holdAlive(bob);
    clock.advance(5_000);
    expect(told).toEqual(['made SICK']);
  });

  it('is not kept alive by a parked request that names another endpoint', () => {
    const { clock, told, endpoints } = testEndpoints();
    endpoints.register(ada, { keepAliveSeconds: 5 });
    const named = endpoints.register(ada, { userEndpointId: 'named', keepAliveSeconds: 5 });
    const release = endpoints.holdAlive(ada, named);
    clock.advance(5_000);
    expect(told).toEqual(['made SICK']);
    release();
    clock.advance(5_000);
    expect(told).toEqual(['made SICK', 'named SICK']);
  });

  it('may be named only by requests of its user, and need not exist', () => {
    const { endpoints } = testEndpoints();
    const id = endpoints.register(ada, { keepAliveSeconds: 5 });
    expect(refusalOf(() => endpoints.holdAlive(bob, id))).toBe('forbidden');
    expect(() => {
      endpoints.holdAlive(bob, 'unheard of')();
    }).not.toThrow();
  });

  it('belongs to its user, not to another one with the same user id from another kind of login', () => {
    const { endpoints } = testEndpoints();
    const id = endpoints.register(ada, { userEndpointId: 'mine', keepAliveSeconds: 5 });
    for (const other of [bob, anActor({ realm: 'ticket' }), anActor({ realm: 'external' })]) {
      expect(endpoints.owns(other, id)).toBe(false);
      for (const attempt of [
        () => {
          endpoints.requireOwn(other, id);
        },
        () => endpoints.register(other, { userEndpointId: id, keepAliveSeconds: 5 }),
        () => {
          endpoints.unregister(other, id);
        },
      ]) {
        expect(refusalOf(attempt)).toBe('forbidden');
      }
    }
    expect(endpoints.owns(ada, id)).toBe(true);
  });

  it('shares nothing with an endpoint of the same id in another organization', () => {
    const { clock, told, endpoints } = testEndpoints();
    const namesake = anActor({ organizationId: 'o-2' });
    const id = endpoints.register(ada, { userEndpointId: 'mine', keepAliveSeconds: 5 });
    expect(refusalOf(() => endpoints.requireOwn(namesake, id))).toBe('not_found');
    expect(refusalOf(() => endpoints.unregister(namesake, id))).toBe('not_found');
    endpoints.register(namesake, { userEndpointId: 'mine', keepAliveSeconds: 50 });
    endpoints.unregister(ada, id);
    expect(endpoints.has({ organizationId: 'o-1', id })).toBe(false);
    expect(endpoints.owns(namesake, id)).toBe(true);
    clock.advance(149_999);
    expect(told).toEqual(['mine SICK']);
    clock.advance(1);
    expect([told.at(-1), endpoints.count]).toEqual(['mine silent', 0]);
  });

  it('is dropped with all others of its user', () => {
    const { told, endpoints } = testEndpoints();
    endpoints.register(ada, { userEndpointId: 'one', keepAliveSeconds: 5 });
    endpoints.register(ada, { userEndpointId: 'two', keepAliveSeconds: 5 });
    endpoints.register(bob, { userEndpointId: 'three', keepAliveSeconds: 5 });
    endpoints.dropAllOf(userKeyOf(ada));
    endpoints.dropAllOf('nobody');
    expect([told, endpoints.count]).toEqual([['one Access revoked', 'two Access revoked'], 1]);
  });

  it('can be registered again with another keep-alive interval', () => {
    const { clock, told, endpoints } = testEndpoints();
    endpoints.register(ada, { userEndpointId: 'mine', keepAliveSeconds: 5 });
    endpoints.register(ada, { userEndpointId: 'mine', keepAliveSeconds: 20 });
    clock.advance(19_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['mine SICK']);
  });

  it('counts a registration as a sign of life', () => {
    const { clock, told, endpoints } = testEndpoints();
    const again = () => endpoints.register(ada, { userEndpointId: 'mine', keepAliveSeconds: 5 });
    again();
    clock.advance(4_999);
    again();
    clock.advance(4_999);
    expect(told).toEqual([]);
    clock.advance(1);
    again();
    expect(told).toEqual(['mine SICK', 'mine HEALTHY']);
  });

  it('counts the end of a parked request as a sign of life', () => {
    for (const named of [undefined, 'made']) {
      const { clock, told, endpoints } = testEndpoints();
      endpoints.register(ada, { keepAliveSeconds: 5 });
      const release = endpoints.holdAlive(ada, named);
      clock.advance(4_999);
      release();
      clock.advance(4_999);
      expect(told).toEqual([]);
      clock.advance(1);
      expect(told).toEqual(['made SICK']);
    }
  });

  it('recovers with a request that is parked, whether that names it or not', () => {
    for (const named of [undefined, 'made']) {
      const { clock, told, endpoints } = testEndpoints();
      endpoints.register(ada, { keepAliveSeconds: 5 });
      clock.advance(5_000);
      endpoints.holdAlive(ada, named);
      expect(told).toEqual(['made SICK', 'made HEALTHY']);
      clock.advance(60_000);
      expect(told).toHaveLength(2);
    }
  });

  it('stays alive until the last of several parked requests ends', () => {
    const { clock, told, endpoints } = testEndpoints();
    endpoints.register(ada, { keepAliveSeconds: 5 });
    const first = endpoints.holdAlive(ada);
    const second = endpoints.holdAlive(ada);
    first();
    clock.advance(60_000);
    expect(told).toEqual([]);
    second();
    clock.advance(5_000);
    expect(told).toEqual(['made SICK']);
  });

  it('is not revived by the end of a request that was parked for its predecessor', () => {
    const { clock, told, endpoints } = testEndpoints();
    endpoints.register(ada, { userEndpointId: 'seat', keepAliveSeconds: 5 });
    const release = endpoints.holdAlive(ada, 'seat');
    endpoints.unregister(ada, 'seat');
    endpoints.register(ada, { userEndpointId: 'seat', keepAliveSeconds: 5 });
    clock.advance(4_999);
    release();
    clock.advance(1);
    expect(told).toEqual(['seat SICK']);
  });

  it('is unknown, and sends nothing more, once it is unregistered', () => {
    const { clock, told, endpoints } = testEndpoints();
    const id = endpoints.register(ada, { keepAliveSeconds: 5 });
    endpoints.unregister(ada, id);
    expect(refusalOf(() => endpoints.unregister(ada, id))).toBe('not_found');
    clock.advance(60_000);
    expect(told).toEqual([]);
    expect(endpoints.register(bob, { userEndpointId: id, keepAliveSeconds: 5 })).toBe(id);
  });

  it('keeps a shorter interval from its next registration on, with one timer', () => {
    const { clock, told, endpoints } = testEndpoints();
    endpoints.register(ada, { userEndpointId: 'mine', keepAliveSeconds: 60 });
    endpoints.register(ada, { userEndpointId: 'mine', keepAliveSeconds: 5 });
    expect(clock.timerCount).toBe(1);
    clock.advance(5_000);
    expect([told, clock.timerCount]).toEqual([['mine SICK'], 1]);
  });

  it('stays alive until the last of several parked requests that name it ends', () => {
    const { clock, told, endpoints } = testEndpoints();
    const id = endpoints.register(ada, { keepAliveSeconds: 5 });
    const [first, second] = [endpoints.holdAlive(ada, id), endpoints.holdAlive(ada, id)];
    first();
    clock.advance(60_000);
    expect(told).toEqual([]);
    second();
    clock.advance(5_000);
    expect(told).toEqual(['made SICK']);
  });

  it('is kept alive by a request that its user parked before, while other endpoints come and go', () => {
    const { clock, told, endpoints } = testEndpoints();
    const release = endpoints.holdAlive(ada);
    endpoints.register(ada, { userEndpointId: 'first', keepAliveSeconds: 5 });
    endpoints.unregister(ada, 'first');
    endpoints.register(ada, { userEndpointId: 'second', keepAliveSeconds: 5 });
    clock.advance(60_000);
    expect(told).toEqual([]);
    release();
    clock.advance(5_000);
    expect(told).toEqual(['second SICK']);
  });

  it('is dropped with its user although another one was unregistered', () => {
    const { told, endpoints } = testEndpoints();
    for (const userEndpointId of ['one', 'two'])
      endpoints.register(ada, { userEndpointId, keepAliveSeconds: 5 });
    endpoints.unregister(ada, 'one');
    endpoints.dropAllOf(userKeyOf(ada));
    expect(told).toEqual(['two Access revoked']);
  });
});

it('remembers a user only while the user has an endpoint or a parked request', () => {
  const { endpoints } = testEndpoints();
  const release = endpoints.holdAlive(ada);
  const id = endpoints.register(ada, { keepAliveSeconds: 5 });
  endpoints.register(bob, { userEndpointId: 'of bob', keepAliveSeconds: 5 });
  expect(endpoints.userCount).toBe(2);
  endpoints.unregister(ada, id);
  expect(endpoints.userCount).toBe(2);
  release();
  expect(endpoints.userCount).toBe(1);
  endpoints.unregister(bob, 'of bob');
  expect(endpoints.userCount).toBe(0);
});
