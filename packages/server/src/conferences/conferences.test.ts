import type { HistoryEvent } from '@parley-rtc/contract';
import { expect, it, vi } from 'vitest';
import { troubleOf } from '../health/trouble.ts';
import { MemoryEventLog } from '../storage/memory-event-log.ts';
import { anActor } from '../testing/builders.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Conferences } from './conferences.ts';
import { setInteraction } from './rules/set-interaction.ts';

const creator = anActor({}, 'create-conference', 'list-conferences');

function onLog(log: MemoryEventLog, onError: (error: unknown) => void = failLoudly): Conferences {
  let count = 0;
  const newId = (): string => `id-${(count += 1)}`;
  return new Conferences({
    log,
    clock: new FakeClock(),
    newId,
    pollTimeoutMs: 20_000,
    endedRetentionMs: 300_000,
    onError,
  });
}

function setInteractionOf(conferences: Conferences, interactionId: string) {
  const command = { conferenceId: 'c-1', interactionId };
  return conferences.perform('c-1', creator, (state, context) => setInteraction(state, command, context));
}

it('applies the rule again when another command was faster', async () => {
  const log = new MemoryEventLog();
  const conferences = onLog(log);
  await conferences.create({ conferenceId: 'c-1' }, creator);
  const names = Array.from({ length: 20 }, (_, index) => `i-${index}`);
  await Promise.all(names.map((name) => setInteractionOf(conferences, name)));
  const history = await log.read('c-1', 0);
  expect(history?.map(({ conferenceVersion }) => conferenceVersion)).toEqual(names.map((_, index) => index));
});

it('follows what another node appends to the same log', async () => {
  const log = new MemoryEventLog();
  const [one, other] = [onLog(log), onLog(log)];
  await one.create({ conferenceId: 'c-1' }, creator);
  await setInteractionOf(one, 'from one');
  expect((await setInteractionOf(other, 'from the other')).version).toBe(2);
  expect(await one.get('c-1', creator)).toMatchObject({ version: 2, interactionId: 'from the other' });
});

it('calls its listeners with logged events, in order, until they are removed', async () => {
  const conferences = onLog(new MemoryEventLog());
  const heard: HistoryEvent['type'][] = [];
  const stop = conferences.onEvents((events) => {
    heard.push(...events.map(({ type }) => type as HistoryEvent['type']));
  });
  await conferences.create({ conferenceId: 'c-1' }, creator);
  await setInteractionOf(conferences, 'i-1');
  stop();
  await setInteractionOf(conferences, 'i-2');
  expect(heard).toEqual(['ConferenceCreatedEvent', 'ConferenceInteractionIdSetEvent']);
});

it('completes a command, and calls the other listeners, although one listener throws', async () => {
  const errors: unknown[] = [];
  const conferences = onLog(new MemoryEventLog(), (error) => errors.push(error));
  const error = new Error('broken listener');
  const heard: string[] = [];
  conferences.onEvents(() => {
    throw error;
  });
  conferences.onEvents((events) => heard.push(...events.map(({ type }) => type)));
  await conferences.create({ conferenceId: 'c-1' }, creator);
  expect(await setInteractionOf(conferences, 'i-1')).toMatchObject({ version: 1, interactionId: 'i-1' });
  expect(heard).toEqual(['ConferenceCreatedEvent', 'ConferenceInteractionIdSetEvent']);
  expect(errors).toEqual([error, error]);
});

it('records nothing in a deleted conference', async () => {
  const conferences = onLog(new MemoryEventLog());
  await expect(
    conferences.record('nowhere', () => {
      throw new Error('not asked');
    }),
  ).resolves.toBeUndefined();
});

it('reports damaged data instead of trying for ever when the log misses events', async () => {
  const log = new MemoryEventLog();
  const conferences = onLog(log);
  await conferences.create({ conferenceId: 'c-1' }, creator);
  vi.spyOn(log, 'append').mockResolvedValue(false);
  const error: unknown = await setInteractionOf(conferences, 'i-1').catch((error: unknown) => error);
  expect(troubleOf(error)).toMatchObject({ code: 'data_damaged' });
});
