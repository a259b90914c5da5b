import { expect, it } from 'vitest';
import { MemoryEventLog } from '../storage/memory-event-log.ts';
import { anActor } from '../testing/builders.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Conferences } from './conferences.ts';
import { endConference } from './rules/end-conference.ts';
import { setInteraction } from './rules/set-interaction.ts';

const creator = anActor({}, 'create-conference', 'end-any-conference');
const room = { conferenceId: 'standup' };

function setUp() {
  let count = 0;
  const clock = new FakeClock();
  const conferences = new Conferences({
    log: new MemoryEventLog(),
    clock,
    newId: () => `id-${(count += 1)}`,
    pollTimeoutMs: 20_000,
    endedRetentionMs: 300_000,
    onError: failLoudly,
  });
  const end = () =>
    conferences.perform('standup', creator, (state, context) =>
      endConference(state, { ...room, userEndpointId: 'desk' }, context),
    );
  const change = () =>
    conferences.perform('standup', creator, (state, context) =>
      setInteraction(state, { ...room, interactionId: 'i-1' }, context),
    );
  return { clock, conferences, end, change };
}

it('opens the id of an ended conference again, once for all that ask at the same time', async () => {
  const { clock, conferences, end, change } = setUp();
  await conferences.create(room, creator);
  await end();
  const opened = await Promise.all([1, 2, 3].map(() => conferences.create(room, creator)));
  for (const state of opened) expect(state).toMatchObject({ ended: undefined, version: 0 });
  expect((await change()).version).toBe(1);
  // The time at which the first one would have been deleted must not delete the second.
  clock.advance(300_000);
  expect(await conferences.get('standup', creator)).toMatchObject({ interactionId: 'i-1', ended: undefined });
});

it('keeps the id of an ended conference from other organizations', async () => {
  const { conferences, end } = setUp();
  await conferences.create(room, creator);
  await end();
  const stranger = anActor({ organizationId: 'other' }, 'create-conference');
  await expect(conferences.create(room, stranger)).rejects.toMatchObject({ code: 'already_exists' });
  expect((await conferences.get('standup', creator)).ended).toBeDefined();
});
