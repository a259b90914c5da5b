import { expect, it } from 'vitest';
import { anActor } from '../testing/builders.ts';
import { memoryRecords, testEndpoints, type StoredEndpoint } from './testing/test-endpoints.ts';

const startMs = Date.parse('2026-01-05T10:00:00.123Z');
const until = (seconds: number) => anActor({ tokenExpiresAtMs: startMs + seconds * 1_000 });
const of = (loginId: string, seconds: number) => ({ ...until(seconds), loginId });
/** So long that silence does not matter here. */
const request = { userEndpointId: 'tab', keepAliveSeconds: 10_000 };

it('removes an endpoint 15 seconds after its last token expired', () => {
  const { clock, told, endpoints } = testEndpoints();
  endpoints.register(until(60), request);
  clock.advance(74_999);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual(['tab Token expired']);
  expect(endpoints.count).toBe(0);
});

it('keeps an endpoint that shows a newer token in time, whichever token it shows afterwards', () => {
  const { clock, told, endpoints } = testEndpoints();
  endpoints.register(until(60), request);
  clock.advance(70_000);
  endpoints.requireOwn(until(300), 'tab');
  endpoints.requireOwn(until(60), 'tab');
  clock.advance(244_999);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual(['tab Token expired']);
});

it('a parked request keeps an endpoint alive, but not beyond its token', () => {
  const { clock, told, endpoints } = testEndpoints();
  endpoints.register(until(60), { ...request, keepAliveSeconds: 10 });
  const release = endpoints.holdAlive(until(60), 'tab');
  clock.advance(74_999);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual(['tab Token expired']);
  release();
});

it('a token without an end never expires', () => {
  const { clock, told, endpoints } = testEndpoints();
  endpoints.register(anActor(), request);
  clock.advance(9_000_000);
  expect(told).toEqual([]);
});

it('after a restart, waits for the first sign of life before it counts the time of a token', () => {
  const records = memoryRecords<StoredEndpoint>();
  testEndpoints({ records }).endpoints.register(anActor({ loginId: 'l-1' }), request);
  const { clock, told, endpoints } = testEndpoints({ records });
  endpoints.restore(() => false);
  expect(endpoints.ownerOf({ id: 'tab', organizationId: 'o-1' })).toMatchObject({ loginId: 'l-1' });
  clock.advance(600_000);
  expect(told).toEqual([]);
  endpoints.requireOwn(until(700), 'tab');
  clock.advance(115_000);
  expect(told).toEqual(['tab Token expired']);
});

it('a clock that is set forward removes nobody: clients learn by a refused request that they need another token', () => {
  const { clock, told, endpoints } = testEndpoints();
  endpoints.register(until(900), { ...request, keepAliveSeconds: 20 });
  clock.advance(5_000);
  clock.set(3_600_000);
  for (const _ of [1, 2, 3]) {
    clock.advance(10_000);
    endpoints.requireOwn(until(3_600 + 900), 'tab');
  }
  expect(told).toEqual([]);
});

it('a clock that is set back does not end what newer tokens extend, nor lengthen what they do not', () => {
  const { clock, told, endpoints } = testEndpoints();
  endpoints.register(until(900), request);
  clock.set(-3_600_000);
  clock.advance(600_000);
  endpoints.requireOwn(until(600 - 3_600 + 900), 'tab');
  clock.advance(914_999);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual(['tab Token expired']);
});

it('a poll without an endpoint authorizes all of its user, and leaves each the login that it has', () => {
  const { clock, told, endpoints } = testEndpoints();
  endpoints.register(of('phone-login', 60), { ...request, userEndpointId: 'phone' });
  endpoints.register(of('tab-login', 60), request);
  const release = endpoints.holdAlive(of('tab-login', 120));
  release();
  clock.advance(100_000);
  expect(told).toEqual([]);
  const loginOf = (id: string) => endpoints.ownerOf({ id, organizationId: 'o-1' })?.loginId;
  expect([loginOf('phone'), loginOf('tab')]).toEqual(['phone-login', 'tab-login']);
  endpoints.requireOwn(of('new-login', 200), 'phone');
  expect([loginOf('phone'), loginOf('tab')]).toEqual(['new-login', 'tab-login']);
});
