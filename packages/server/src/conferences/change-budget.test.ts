import { expect, it } from 'vitest';
import { defaultLimits } from '../limits/limits.ts';
import { RefusalError } from '../refusal.ts';
import { MemoryEventLog } from '../storage/memory-event-log.ts';
import { anActor } from '../testing/builders.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Conferences } from './conferences.ts';
import { setInteraction } from './rules/set-interaction.ts';

const actor = anActor({}, 'create-conference', 'list-conferences', 'send-event');

/** Conferences whose budget refuses while it is used up. */
function setUp(
  options: { readonly conferencesPerOrganization?: number; readonly activeListLimit?: number } = {},
) {
  const log = new MemoryEventLog();
  const spent: number[] = [];
  const budget = { isUsedUp: false };
  const { activeListLimit, ...limits } = options;
  let count = 0;
  const conferences = new Conferences({
    log,
    clock: new FakeClock(),
    newId: () => `id-${(count += 1)}`,
    pollTimeoutMs: 1,
    endedRetentionMs: 300_000,
    onError: failLoudly,
    limits: { ...defaultLimits, ...limits },
    ...(activeListLimit !== undefined && { activeListLimit }),
    changeBudget: {
      require: async () => {
        if (budget.isUsedUp) throw new RefusalError('too_many_requests', 'Used up.');
      },
      spend: async (_actor, bytes) => void spent.push(bytes),
    },
  });
  const create = (conferenceId: string) => conferences.create({ conferenceId }, actor);
  const set = (interactionId: string) =>
    conferences.perform('c-1', actor, (state, context) =>
      setInteraction(state, { conferenceId: 'c-1', interactionId }, context),
    );
  const event = { type: 'Ping', timestamp: '2026-01-05T10:00:00.123Z' };
  const send = () => conferences.send({ conferenceId: 'c-1', event }, actor);
  return { log, spent, budget, conferences, create, set, send };
}

it('counts the bytes of all events that a user causes, once they happened', async () => {
  const { log, spent, create, set, send } = setUp();
  await create('c-1');
  await set('i-1');
  const sent = await send();
  const events: readonly object[] = [...((await log.read('c-1')) ?? []), sent.event];
  expect(spent).toEqual(events.map((event) => Buffer.byteLength(JSON.stringify(event))));
});

it('refuses every change of a user who used up the bytes, and changes nothing', async () => {
  const { log, spent, budget, create, set, send } = setUp();
  await create('c-1');
  budget.isUsedUp = true;
  const refused = { code: 'too_many_requests' };
  await expect(create('c-2')).rejects.toMatchObject(refused);
  await expect(set('i-1')).rejects.toMatchObject(refused);
  await expect(send()).rejects.toMatchObject(refused);
  expect([spent.length, (await log.conferenceIds()).length, await log.read('c-1', 0)]).toEqual([1, 1, []]);
});

it('has room for as many conferences of an organization as its limit says, and repeats a creation beyond it', async () => {
  const { create } = setUp({ conferencesPerOrganization: 2 });
  await create('c-1');
  await create('c-2');
  await expect(create('c-3')).rejects.toMatchObject({ code: 'limit_exceeded' });
  expect(await create('c-2')).toMatchObject({ id: 'c-2' });
});

it('lists the newest of the active conferences', async () => {
  const { conferences, create } = setUp({ activeListLimit: 2 });
  for (const id of ['c-1', 'c-2', 'c-3']) await create(id);
  expect((await conferences.active(actor)).map(({ id }) => id)).toEqual(['c-2', 'c-3']);
  expect(await conferences.active(anActor({ organizationId: 'o-2' }, 'list-conferences'))).toEqual([]);
  await expect(conferences.active(anActor())).rejects.toMatchObject({ code: 'forbidden' });
});

it('lists up to a thousand conferences by default', async () => {
  const { conferences, create } = setUp();
  for (let count = 0; count < 1_001; count += 1) await create(`c-${count}`);
  const listed = await conferences.active(actor);
  expect([listed.length, listed[0]?.id]).toEqual([1_000, 'c-1']);
});

it('refuses what a command would be refused, and changes nothing, when it is rehearsed', async () => {
  const { log, conferences, create } = setUp();
  await create('c-1');
  const rehearse = (interactionId: string, by = actor) =>
    conferences.rehearse('c-1', by, (state, context) =>
      setInteraction(state, { conferenceId: 'c-1', interactionId }, context),
    );
  await rehearse('i-1');
  await expect(rehearse('x'.repeat(200_000))).rejects.toMatchObject({ code: 'limit_exceeded' });
  await expect(rehearse('i-1', anActor({ userId: 'u-2' }))).rejects.toMatchObject({ code: 'forbidden' });
  expect(await log.read('c-1', 0)).toEqual([]);
});

it('gives access only within the organization, the ticket and the login of an actor', async () => {
  const { conferences, create } = setUp();
  await create('c-1');
  const instance = await conferences.instanceOf('c-1');
  expect(instance).toEqual({ id: expect.stringMatching(/^id-/), isEnded: false });
  expect(await conferences.instanceOf('c-9')).toBeUndefined();
  const get = (fields: Parameters<typeof anActor>[0]) => conferences.get('c-1', anActor(fields));
  expect(await get({ conferenceId: 'c-1', conferenceInstance: instance?.id ?? '' })).toMatchObject({
    id: 'c-1',
  });
  await expect(get({ organizationId: 'o-2' })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(get({ conferenceId: 'c-2' })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(get({ conferenceInstance: 'earlier' })).rejects.toMatchObject({ code: 'invalid_token' });
});
