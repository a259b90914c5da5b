import { getEventListeners } from 'node:events';
import {
  createdConference,
  reduce,
  type ConferenceCreatedEvent,
  type ConferenceState,
  type HistoryEvent,
} from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import type { EventLog } from '../event-log/event-log.ts';

const base = { timestamp: '2026-01-05T10:00:00.123Z', conferenceId: 'c-1', organizationId: 'o-1' };
const created: ConferenceCreatedEvent = {
  ...base,
  id: 'e-created',
  type: 'ConferenceCreatedEvent',
  conferenceVersion: null,
};

function eventAt(conferenceVersion: number): HistoryEvent {
  return {
    ...base,
    id: `e-${conferenceVersion}`,
    type: 'ConferenceInteractionIdSetEvent',
    conferenceVersion,
    interactionId: `i-${conferenceVersion}`,
  };
}

/** The behavior of every event log. */
export function describeEventLog(open: (historyBytes?: number) => EventLog | Promise<EventLog>): void {
  describe('an event log', () => {
    it('starts a history only once', async () => {
      const log = await open();
      expect(await log.begin(created)).toBe(true);
      expect(await log.begin({ ...created, id: 'e-other' })).toBe(false);
      expect(await log.read('c-1')).toEqual([created]);
    });

    it('does not know histories that were never started', async () => {
      const log = await open();
      expect(await log.read('c-1')).toBeUndefined();
      expect(await log.append('c-1', 0, [eventAt(0)])).toBe(false);
    });

    it('reads from a version on, or the whole history', async () => {
      const log = await open();
      await log.begin(created);
      expect(await log.append('c-1', 0, [eventAt(0), eventAt(1)])).toBe(true);
      expect(await log.append('c-1', 2, [eventAt(2)])).toBe(true);
      expect(await log.read('c-1')).toEqual([created, eventAt(0), eventAt(1), eventAt(2)]);
      expect(await log.read('c-1', 1)).toEqual([eventAt(1), eventAt(2)]);
      expect(await log.read('c-1', 3)).toEqual([]);
    });

    it('identifies each version by the event that led to it', async () => {
      const log = await open();
      await log.begin(created);
      await log.append('c-1', 0, [eventAt(0), eventAt(1)]);
      expect(await log.versionIdAt('c-1', 0)).toBe('e-created');
      expect(await log.versionIdAt('c-1', 1)).toBe('e-0');
      expect(await log.versionIdAt('c-1', 2)).toBe('e-1');
      expect(await log.versionIdAt('c-1', 3)).toBeUndefined();
      expect(await log.versionIdAt('c-2', 0)).toBeUndefined();
    });

    it('lists the histories it holds', async () => {
      const log = await open();
      expect(await log.conferenceIds()).toEqual([]);
      await log.begin(created);
      await log.begin({ ...created, conferenceId: 'c-2' });
      expect(await log.conferenceIds()).toEqual(['c-1', 'c-2']);
      await log.forget('c-1');
      expect(await log.conferenceIds()).toEqual(['c-2']);
    });

    it('starts a new history under the id of a dropped one', async () => {
      const log = await open();
      await log.begin(created);
      await log.append('c-1', 0, [eventAt(0), eventAt(1)]);
      await log.forget('c-1');
      const again = { ...created, id: 'e-again' };
      expect(await log.begin(again)).toBe(true);
      expect(await log.read('c-1')).toEqual([again]);
      expect(await log.append('c-1', 0, [eventAt(0)])).toBe(true);
    });

    it('keeps histories separate, and ids and texts unchanged', async () => {
      const log = await open();
      const ids = ['c-1', 'C-1', "'; DROP TABLE events; --", '../../etc', 'ünï😀', '__proto__'];
      for (const conferenceId of ids) {
        expect(await log.begin({ ...created, conferenceId })).toBe(true);
        expect(await log.append(conferenceId, 0, [{ ...eventAt(0), conferenceId }])).toBe(true);
      }
      for (const conferenceId of ids) {
        expect(await log.read(conferenceId, 0)).toEqual([{ ...eventAt(0), conferenceId }]);
      }
    });

    it('shows a command the events of the previous one, settled or not', async () => {
      const log = await open();
      await log.begin(created);
      const appended = log.append('c-1', 0, [eventAt(0)]);
      expect(await log.read('c-1', 0)).toEqual([eventAt(0)]);
      expect(await appended).toBe(true);
      await log.settled();
    });

    it('accepts one of two appends at the same version', async () => {
      const log = await open();
      await log.begin(created);
      const results = await Promise.all([
        log.append('c-1', 0, [eventAt(0)]),
        log.append('c-1', 0, [eventAt(0)]),
      ]);
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await log.read('c-1', 0)).toHaveLength(1);
    });

    it('reads up to a number of bytes, but at least one event', async () => {
      const log = await open();
      await log.begin(created);
      await log.append('c-1', 0, [eventAt(0), eventAt(1), eventAt(2)]);
      const bytes = JSON.stringify(eventAt(0)).length;
      expect(await log.read('c-1', 0, 1)).toEqual([eventAt(0)]);
      expect(await log.read('c-1', 0, 2 * bytes)).toEqual([eventAt(0), eventAt(1)]);
      expect(await log.read('c-1', 2, 2 * bytes)).toEqual([eventAt(2)]);
      expect(await log.read('c-1', undefined, 0)).toEqual([created]);
    });

    it('keeps a bounded part of a history, and a state from which that part continues', async () => {
      const historyBytes = 8 * JSON.stringify(eventAt(100)).length;
      const log = await open(historyBytes);
      await log.begin(created);
      let head = createdConference(created);
      for (let version = 0; version < 100; version += 1) {
        await log.append('c-1', version, [eventAt(version)]);
        head = reduce(head, eventAt(version));
        await log.checkpoint(head);

        const loaded = await log.load('c-1');
        expect(loaded?.events.reduce<ConferenceState>(reduce, loaded.state)).toEqual(head);
        expect(loaded?.events.length).toBeLessThanOrEqual(2);
      }
      const versions = Array.from({ length: 101 }, (_, version) => version);
      const ids = await Promise.all(versions.map((version) => log.versionIdAt('c-1', version)));
      const oldest = ids.findIndex((id) => id !== undefined);
      expect(ids.slice(oldest)).toEqual(versions.slice(oldest).map((version) => `e-${version - 1}`));
      expect(100 - oldest).toBeGreaterThanOrEqual(8);
      expect(100 - oldest).toBeLessThanOrEqual(10);
      expect(await log.read('c-1', oldest)).toEqual(versions.slice(oldest, -1).map(eventAt));
      expect(await log.read('c-1', undefined, 0)).toEqual([created]);
      expect(await log.append('c-1', 99, [eventAt(99)])).toBe(false);
      expect(await log.append('c-1', 100, [eventAt(100)])).toBe(true);
    });

    it('keeps a history whole while it is short, and ignores a state that is not its head', async () => {
      const log = await open(1_000_000);
      await log.begin(created);
      await log.append('c-1', 0, [eventAt(0)]);
      await log.checkpoint(reduce(createdConference(created), eventAt(0)));
      await log.checkpoint(createdConference(created));
      expect(await log.load('c-1')).toEqual({
        creationId: 'e-created',
        state: createdConference(created),
        events: [eventAt(0)],
      });
      expect(await log.versionIdAt('c-1', 0)).toBe('e-created');
      expect(await log.load('c-2')).toBeUndefined();
      await log.checkpoint({ ...createdConference(created), id: 'c-2' });
    });

    it('wakes only the callers that wait for a reached version', async () => {
      const log = await open();
      await log.begin(created);
      const { signal } = new AbortController();
      const woken: number[] = [];
      const waits = [0, 1].map(async (version) => {
        await log.wait('c-1', version, signal);
        woken.push(version);
      });
      await log.append('c-1', 0, [eventAt(0)]);
      await waits[0];
      expect(woken).toEqual([0]);
      await log.append('c-1', 1, [eventAt(1)]);
      await waits[1];
      expect(woken).toEqual([0, 1]);
      await log.wait('c-1', 1, signal);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    });

    it('ends a wait when it is aborted, or the history is dropped or the log closed', async () => {
      const log = await open();
      await log.begin(created);
      const aborter = new AbortController();
      const { signal } = new AbortController();
      const aborted = log.wait('c-1', 0, aborter.signal);
      aborter.abort();
      await aborted;
      await log.wait('c-1', 0, aborter.signal);

      const forgotten = log.wait('c-1', 0, signal);
      await log.forget('c-1');
      await forgotten;
      expect(await log.read('c-1')).toBeUndefined();
      await log.wait('c-1', 0, signal);

      await log.begin(created);
      const closed = log.wait('c-1', 0, signal);
      await log.close();
      await closed;
      await log.wait('c-1', 0, signal);
    });
  });
}
