import { describe, expect, it } from 'vitest';
import { noRecords } from '../storage/records.ts';
import { anActor } from '../testing/builders.ts';
import { refusalOf } from '../testing/refusal-of.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { UserEndpoints } from './user-endpoints.ts';

function setUp() {
  const clock = new FakeClock();
  const told: string[] = [];
  const endpoints = new UserEndpoints({
    clock,
    newId: () => 'made',
    records: noRecords,
    onHealthChanged: (id, health) => told.push(`${id} ${health}`),
    onSilent: (id) => told.push(`${id} silent`),
    onError: (error) => told.push(String(error)),
  });
  return { clock, told, endpoints };
}

const ada = anActor();
const bob = anActor({ userId: 'u-2' });

describe('an endpoint', () => {
  it('is SICK after one missed deadline and gone after three', () => {
    const { clock, told, endpoints } = setUp();
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

  it('stays healthy while it speaks in time', () => {
    const { clock, told, endpoints } = setUp();
    const id = endpoints.register(ada, { keepAliveSeconds: 10 });
    for (let beat = 0; beat < 5; beat += 1) {
      clock.advance(9_999);
      endpoints.requireOwn(ada, id);
    }
    expect(told).toEqual([]);
  });

  it('recovers when it speaks again, and gets its whole patience back', () => {
    const { clock, told, endpoints } = setUp();
    const id = endpoints.register(ada, { keepAliveSeconds: 10 });
    clock.advance(29_999);
    endpoints.requireOwn(ada, id);
    expect(told).toEqual(['made SICK', 'made HEALTHY']);
    clock.advance(29_999);
    expect(told).toEqual(['made SICK', 'made HEALTHY', 'made SICK']);
  });

  it('lives as long as a request of its user is parked', () => {
    const { clock, told, endpoints } = setUp();
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
    const { clock, told, endpoints } = setUp();
    endpoints.register(ada, { keepAliveSeconds: 5 });
    endpoints.holdAlive(bob);
    clock.advance(5_000);
    expect(told).toEqual(['made SICK']);
  });

  it('is not kept alive by a parked request that names another endpoint', () => {
    const { clock, told, endpoints } = setUp();
    endpoints.register(ada, { keepAliveSeconds: 5 });
    const named = endpoints.register(ada, { userEndpointId: 'named', keepAliveSeconds: 5 });
    const release = endpoints.holdAlive(ada, named);
    clock.advance(5_000);
    expect(told).toEqual(['made SICK']);
    release();
    clock.advance(5_000);
    expect(told).toEqual(['made SICK', 'named SICK']);
  });

  it('may be named by requests of its user only, and need not exist', () => {
    const { endpoints } = setUp();
    const id = endpoints.register(ada, { keepAliveSeconds: 5 });
    expect(refusalOf(() => endpoints.holdAlive(bob, id))).toBe('forbidden');
    expect(() => {
      endpoints.holdAlive(bob, 'unheard of')();
    }).not.toThrow();
  });

  it('belongs to its user, of its organisation', () => {
    const { endpoints } = setUp();
    const id = endpoints.register(ada, { userEndpointId: 'mine', keepAliveSeconds: 5 });
    const namesake = anActor({ organizationId: 'o-2' });
    for (const other of [bob, namesake]) {
      expect(
        refusalOf(() => {
          endpoints.requireOwn(other, id);
        }),
      ).toBe('forbidden');
      expect(refusalOf(() => endpoints.register(other, { userEndpointId: id, keepAliveSeconds: 5 }))).toBe(
        'forbidden',
      );
      expect(
        refusalOf(() => {
          endpoints.unregister(other, id);
        }),
      ).toBe('forbidden');
    }
  });

  it('can be registered again with another promise', () => {
    const { clock, told, endpoints } = setUp();
    endpoints.register(ada, { userEndpointId: 'mine', keepAliveSeconds: 5 });
    endpoints.register(ada, { userEndpointId: 'mine', keepAliveSeconds: 20 });
    clock.advance(19_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['mine SICK']);
  });

  it('leaves no timer behind', () => {
    const { clock, endpoints } = setUp();
    endpoints.register(ada, { userEndpointId: 'one', keepAliveSeconds: 5 });
    endpoints.register(ada, { userEndpointId: 'two', keepAliveSeconds: 5 });
    endpoints.unregister(ada, 'one');
    expect(clock.timerCount).toBe(1);
    endpoints.close();
    expect(clock.timerCount).toBe(0);
  });
});
