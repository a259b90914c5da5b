import { getEventListeners } from 'node:events';
import type { ConferenceCreatedEvent, HistoryEvent } from '@parley-rtc/contract';
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

/** What every event log must do, whatever it is made of. */
export function describeEventLog(open: () => EventLog | Promise<EventLog>): void {
  describe('an event log', () => {
    it('begins a history once', async () => {
      const log = await open();
      expect(await log.begin(created)).toBe(true);
      expect(await log.begin({ ...created, id: 'e-other' })).toBe(false);
      expect(await log.read('c-1')).toEqual([created]);
    });

    it('knows nothing of histories that were not begun', async () => {
      const log = await open();
      expect(await log.read('c-1')).toBeUndefined();
      expect(await log.append('c-1', 0, [eventAt(0)])).toBe(false);
    });

    it('reads from a version on, or everything', async () => {
      const log = await open();
      await log.begin(created);
      expect(await log.append('c-1', 0, [eventAt(0), eventAt(1)])).toBe(true);
      expect(await log.append('c-1', 2, [eventAt(2)])).toBe(true);
      expect(await log.read('c-1')).toEqual([created, eventAt(0), eventAt(1), eventAt(2)]);
      expect(await log.read('c-1', 1)).toEqual([eventAt(1), eventAt(2)]);
      expect(await log.read('c-1', 3)).toEqual([]);
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

    it('begins anew with an id whose history was forgotten', async () => {
      const log = await open();
      await log.begin(created);
      await log.append('c-1', 0, [eventAt(0), eventAt(1)]);
      await log.forget('c-1');
      const again = { ...created, id: 'e-again' };
      expect(await log.begin(again)).toBe(true);
      expect(await log.read('c-1')).toEqual([again]);
      expect(await log.append('c-1', 0, [eventAt(0)])).toBe(true);
    });

    it('keeps histories apart, and ids and texts as they are', async () => {
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

    it('shows a command what the one before appended, settled or not', async () => {
      const log = await open();
      await log.begin(created);
      const appended = log.append('c-1', 0, [eventAt(0)]);
      expect(await log.read('c-1', 0)).toEqual([eventAt(0)]);
      expect(await appended).toBe(true);
      await log.settled();
    });

    it('lets one of two appends at the same version win', async () => {
      const log = await open();
      await log.begin(created);
      const results = await Promise.all([
        log.append('c-1', 0, [eventAt(0)]),
        log.append('c-1', 0, [eventAt(0)]),
      ]);
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await log.read('c-1', 0)).toHaveLength(1);
    });

    it('wakes those who wait for a version, and only those', async () => {
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

    it('ends a wait when it is given up, forgotten or closed, and never waits in vain', async () => {
      const log = await open();
      await log.begin(created);
      const giveUp = new AbortController();
      const { signal } = new AbortController();
      const givenUp = log.wait('c-1', 0, giveUp.signal);
      giveUp.abort();
      await givenUp;
      await log.wait('c-1', 0, giveUp.signal);

      const forgotten = log.wait('c-1', 0, signal);
      await log.forget('c-1');
      await forgotten;
      expect(await log.read('c-1')).toBeUndefined();
      await log.wait('c-1', 0, signal);

      await log.begin(created);
      const closed = log.wait('c-1', 0, signal);
      await log.close();
      await closed;
    });
  });
}
