import { expect, it } from 'vitest';
import { defaultLimits } from '../limits/limits.ts';
import { anActor } from '../testing/builders.ts';
import { refusalOf } from '../testing/refusal-of.ts';
import { WaitingRequests } from './waiting-requests.ts';

const ada = anActor();
const { signal } = new AbortController();

function setUp(waitingPerEndpoint = 2) {
  return new WaitingRequests({ ...defaultLimits, waitingPerUser: 3, waitingPerEndpoint });
}

it('refuses a user above the limit until one of the requests ends, and no other user', () => {
  const waiting = setUp();
  const [first] = [1, 2, 3].map(() =>
    waiting.begin(ada, { conferenceId: 'c-1', endpointId: undefined }, signal),
  );
  expect(refusalOf(() => waiting.begin(ada, { conferenceId: 'c-1', endpointId: undefined }, signal))).toBe(
    'too_many_requests',
  );
  waiting.begin(anActor({ userId: 'u-2' }), { conferenceId: 'c-1', endpointId: undefined }, signal);
  waiting.begin(anActor({ organizationId: 'o-2' }), { conferenceId: 'c-1', endpointId: undefined }, signal);
  waiting.begin(anActor({ realm: 'external' }), { conferenceId: 'c-1', endpointId: undefined }, signal);
  first?.end();
  first?.end();
  waiting.begin(ada, { conferenceId: 'c-1', endpointId: undefined }, signal);
  expect(refusalOf(() => waiting.begin(ada, { conferenceId: 'c-1', endpointId: undefined }, signal))).toBe(
    'too_many_requests',
  );
});

it('ends the oldest request of an endpoint for a new one, and none of another endpoint or user', () => {
  const waiting = setUp();
  const other = waiting.begin(anActor({ userId: 'u-2' }), { conferenceId: 'c-1', endpointId: 'tab' }, signal);
  const [oldest, second] = [1, 2].map(() =>
    waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, signal),
  );
  expect(oldest?.signal.aborted).toBe(false);
  const newest = waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, signal);
  const aborted = () => [oldest, second, newest, other].map((request) => request?.signal.aborted);
  expect(aborted()).toEqual([true, false, false, false]);
  oldest?.end();
  waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, signal);
  expect(aborted()).toEqual([true, true, false, false]);
});

it('follows its client hanging up, and leaves nothing behind', () => {
  const waiting = setUp();
  const client = new AbortController();
  const request = waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, client.signal);
  expect(waiting.count).toBe(1);
  client.abort();
  expect(request.signal.aborted).toBe(true);
  request.end();
  expect(waiting.count).toBe(0);
  expect(waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, client.signal).signal.aborted).toBe(
    true,
  );
});

it('no longer counts a request of an endpoint that has ended, and no longer follows its client', () => {
  const waiting = setUp();
  const client = new AbortController();
  const first = waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, client.signal);
  const second = waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, signal);
  first.end();
  client.abort();
  expect(first.signal.aborted).toBe(false);
  const third = waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, signal);
  expect(second.signal.aborted).toBe(false);
  expect(waiting.endpointCount).toBe(1);
  second.end();
  third.end();
  expect([waiting.count, waiting.endpointCount]).toEqual([0, 0]);
});

it('keeps to the limit of an endpoint although a request that it replaced ends late', () => {
  const waiting = setUp(1);
  const [replaced, newer] = [1, 2].map(() =>
    waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, signal),
  );
  newer?.end();
  const current = waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, signal);
  replaced?.end();
  expect(waiting.endpointCount).toBe(1);
  const newest = waiting.begin(ada, { conferenceId: 'c-1', endpointId: 'tab' }, signal);
  expect([current.signal.aborted, newest.signal.aborted]).toEqual([true, false]);
});
