import type { ConferenceState, HistoryEvent } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import type { Conferences } from '../conferences/conferences.ts';
import type { Stamp } from '../conferences/rules/rule-context.ts';
import { defaultLimits } from '../limits/limits.ts';
import { noRecords } from '../storage/records.ts';
import { aConference, aContext, anActor, aParticipant } from '../testing/builders.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { watchEndpoints } from './watch-endpoints.ts';

type Rule = (state: ConferenceState, stamp: Stamp) => readonly HistoryEvent[];

const ada = anActor();

/** Endpoints of two conferences, whose rules are collected instead of run. */
function setUp() {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const rules: { readonly conferenceId: string; readonly rule: Rule }[] = [];
  let failure: Error | undefined;
  const conferences: Pick<Conferences, 'conferencesOf' | 'recordUntilDone'> = {
    conferencesOf: () => ['c-1', 'c-2'],
    recordUntilDone: (conferenceId, rule) => {
      rules.push({ conferenceId, rule });
      return failure ? Promise.reject(failure) : Promise.resolve();
    },
  };
  const endpoints = watchEndpoints(conferences as Conferences, {
    clock,
    records: noRecords,
    limits: defaultLimits,
    onError: (error) => errors.push(error),
  });
  const fail = (error: Error) => void (failure = error);
  /** What a collected rule does to a conference with the participant in this state. */
  const effectOf = (index: number, state: 'HEALTHY' | 'SICK', organizationId = 'o-1') =>
    rules[index]?.rule(
      aConference({ organizationId, participants: [aParticipant({ id: 'ep-1', state })] }),
      aContext(),
    );
  return { clock, endpoints, rules, errors, fail, effectOf };
}

it('reports silence and recovery to each conference of the endpoint, in its organization only', () => {
  const { clock, endpoints, rules, effectOf } = setUp();
  endpoints.register(ada, { userEndpointId: 'ep-1', keepAliveSeconds: 5 });
  clock.advance(5_000);
  expect(rules.map(({ conferenceId }) => conferenceId)).toEqual(['c-1', 'c-2']);
  expect(effectOf(0, 'HEALTHY')).toMatchObject([{ userEndpointId: 'ep-1', state: 'SICK' }]);
  expect(effectOf(0, 'HEALTHY', 'o-2')).toEqual([]);
  endpoints.requireOwn(ada, 'ep-1');
  expect(effectOf(2, 'SICK')).toMatchObject([{ state: 'HEALTHY' }]);
});

it('records the health of now when an attempt is repeated later', () => {
  const { clock, endpoints, effectOf } = setUp();
  endpoints.register(ada, { userEndpointId: 'ep-1', keepAliveSeconds: 5 });
  clock.advance(5_000);
  endpoints.requireOwn(ada, 'ep-1');
  expect(effectOf(0, 'HEALTHY')).toEqual([]);
  expect(effectOf(0, 'SICK')).toMatchObject([{ state: 'HEALTHY' }]);
  endpoints.unregister(ada, 'ep-1');
  expect(effectOf(0, 'HEALTHY')).toMatchObject([{ state: 'SICK' }]);
});

it('removes the participant of an endpoint that stays silent', () => {
  const { clock, endpoints, rules, effectOf } = setUp();
  endpoints.register(ada, { userEndpointId: 'ep-1', keepAliveSeconds: 5 });
  clock.advance(15_000);
  expect(rules).toHaveLength(4);
  expect(effectOf(2, 'SICK')).toMatchObject([{ type: 'ConferenceLeftEvent', reason: 'Missed keep-alives' }]);
  expect(effectOf(2, 'SICK', 'o-2')).toEqual([]);
});

it('reports what could not be recorded', async () => {
  const { clock, endpoints, errors, fail } = setUp();
  const error = new Error('closed');
  fail(error);
  endpoints.register(ada, { userEndpointId: 'ep-1', keepAliveSeconds: 5 });
  clock.advance(5_000);
  await Promise.resolve();
  expect(errors).toEqual([error, error]);
});
