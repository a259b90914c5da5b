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
export function describeEventLog(name: string, open: () => EventLog): void {
  describe(name, () => {
    it('begins a history once', async () => {
      const log = open();
      expect(await log.begin(created)).toBe(true);
      expect(await log.begin({ ...created, id: 'e-other' })).toBe(false);
      expect(await log.read('c-1')).toEqual([created]);
    });

    it('knows nothing of histories that were not begun', async () => {
      const log = open();
      expect(await log.read('c-1')).toBeUndefined();
      expect(await log.append('c-1', 0, [eventAt(0)])).toBe(false);
    });

    it('reads from a version on, or everything', async () => {
      const log = open();
      await log.begin(created);
      expect(await log.append('c-1', 0, [eventAt(0), eventAt(1)])).toBe(true);
      expect(await log.append('c-1', 2, [eventAt(2)])).toBe(true);
      expect(await log.read('c-1')).toEqual([created, eventAt(0), eventAt(1), eventAt(2)]);
      expect(await log.read('c-1', 1)).toEqual([eventAt(1), eventAt(2)]);
      expect(await log.read('c-1', 3)).toEqual([]);
    });

    it('lets one of two appends at the same version win', async () => {
      const log = open();
      await log.begin(created);
      const results = await Promise.all([
        log.append('c-1', 0, [eventAt(0)]),
        log.append('c-1', 0, [eventAt(0)]),
      ]);
      expect(results.toSorted()).toEqual([false, true]);
      expect(await log.read('c-1', 0)).toHaveLength(1);
    });

    it('wakes those who wait for a version, and only those', async () => {
      const log = open();
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
    });

    it('ends a wait when it is given up, forgotten or closed, and never waits in vain', async () => {
      const log = open();
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
