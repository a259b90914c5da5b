import type { ConferenceCreatedEvent, ConferenceState, HistoryEvent } from '@parley-rtc/contract';
import { expect, it, vi } from 'vitest';
import { MemoryEventLog } from '../storage/memory-event-log.ts';
import { aConference } from '../testing/builders.ts';
import { FoldedConferences } from './folded-conferences.ts';

const base = { timestamp: '2026-01-05T10:00:00.123Z', conferenceId: 'c-1', organizationId: 'o-1' };
const created: ConferenceCreatedEvent = {
  ...base,
  id: 'e-created',
  type: 'ConferenceCreatedEvent',
  conferenceVersion: null,
};
const set: HistoryEvent = {
  ...base,
  id: 'e-0',
  type: 'ConferenceInteractionIdSetEvent',
  conferenceVersion: 0,
  interactionId: 'i-1',
};
const ended = { reason: undefined, at: '2026-01-05T10:00:00.000Z' };

it('reads a conference from the log once, and later only what is new', async () => {
  const log = new MemoryEventLog();
  await log.begin(created);
  const load = vi.spyOn(log, 'load');
  const folded = new FoldedConferences(log);
  expect([folded.has('c-1'), folded.creationIdOf('c-1')]).toEqual([false, undefined]);
  expect(await folded.current('c-1')).toMatchObject({ version: 0 });
  expect([folded.has('c-1'), folded.creationIdOf('c-1')]).toEqual([true, 'e-created']);
  await log.append('c-1', 0, [set]);
  expect(await folded.current('c-1')).toMatchObject({ version: 1, interactionId: 'i-1' });
  expect(load).toHaveBeenCalledOnce();
  expect(await folded.current('c-2')).toBeUndefined();
});

it('knows nothing of a conference that was forgotten, or that another node deleted', async () => {
  const log = new MemoryEventLog();
  await log.begin(created);
  const folded = new FoldedConferences(log);
  await folded.current('c-1');
  await log.forget('c-1');
  expect(await folded.current('c-1')).toBeUndefined();
  folded.forget('c-1');
  expect([folded.has('c-1'), folded.creationIdOf('c-1')]).toEqual([false, undefined]);
  await log.begin({ ...created, id: 'e-again' });
  await folded.current('c-1');
  expect(folded.creationIdOf('c-1')).toBe('e-again');
});

it('notices that events were lost, also when others have taken their place', async () => {
  const log = new MemoryEventLog();
  await log.begin(created);
  await log.append('c-1', 0, [set]);
  const onLoaded = vi.fn<(state: ConferenceState) => void>();
  const folded = new FoldedConferences(log, { onLoaded, onAdvanced: () => {} });
  await folded.current('c-1');
  await folded.compare('c-1');
  expect(onLoaded).toHaveBeenCalledOnce();
  await log.forget('c-1');
  await log.begin(created);
  await log.append('c-1', 0, [
    { ...set, id: 'other-0', interactionId: 'other' },
    { ...set, id: 'other-1', conferenceVersion: 1, interactionId: 'last' },
  ]);
  await folded.compare('c-1');
  expect(folded.known('c-1')).toMatchObject({ version: 2, versionId: 'other-1', interactionId: 'last' });
  expect(onLoaded).toHaveBeenCalledTimes(2);
});

it('keeps the newest state', () => {
  const folded = new FoldedConferences(new MemoryEventLog());
  const state = aConference({ version: 5, interactionId: 'newest' });
  folded.store(state);
  folded.store(aConference({ version: 4, interactionId: 'older' }));
  folded.store(aConference({ version: 5, interactionId: 'the same' }));
  expect(folded.active()).toEqual([state]);
});

it('counts the active conferences of each organization', () => {
  const folded = new FoldedConferences(new MemoryEventLog());
  const counts = () => ['o-1', 'o-2', undefined].map((organizationId) => folded.activeCount(organizationId));
  folded.store(aConference({ id: 'a', version: 1 }));
  folded.store(aConference({ id: 'b', version: 1 }));
  folded.store(aConference({ id: 'c', version: 1, organizationId: 'o-2' }));
  folded.store(aConference({ id: 'd', version: 1, organizationId: undefined }));
  folded.store(aConference({ id: 'e', version: 1, ended }));
  expect(counts()).toEqual([2, 1, 1]);
  folded.store(aConference({ id: 'a', version: 2 }));
  expect(counts()).toEqual([2, 1, 1]);
  folded.store(aConference({ id: 'a', version: 3, ended }));
  folded.store(aConference({ id: 'a', version: 4, ended }));
  expect(counts()).toEqual([1, 1, 1]);
  expect(folded.active().map(({ id }) => id)).toEqual(['b', 'c', 'd']);
});
