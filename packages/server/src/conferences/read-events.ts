import type { HistoryEvent } from '@parley-rtc/contract';
import type { Clock } from '../clock.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { waitAtMost } from '../wait-at-most.ts';
import { requirePosition, type HistoryPosition } from './require-position.ts';

/** Events in one answer. A client asks again for what follows. */
const batchBytes = 1024 * 1024;

/** What {@link readEvents} needs. */
export interface EventReading {
  readonly log: EventLog;
  readonly clock: Clock;
  /** How long a request for events is parked when there are none, in milliseconds. */
  readonly pollTimeoutMs: number;
}

/**
 * The events from a position on, at most about a megabyte at a time: immediately if there are any, otherwise as soon
 * as there are; empty when the wait times out, `signal` aborts or the log closes. Without a version, the whole
 * history. Refuses with `position_unavailable`.
 */
export async function readEvents(
  reading: EventReading,
  conferenceId: string,
  position: HistoryPosition,
  signal: AbortSignal,
): Promise<readonly HistoryEvent[]> {
  const { log, clock, pollTimeoutMs } = reading;
  await requirePosition(log, conferenceId, position);
  const fromVersion = position.version;
  const ready = await log.read(conferenceId, fromVersion, batchBytes);
  const isReady = fromVersion === undefined || ready === undefined || ready.length > 0;
  if (!isReady) {
    await waitAtMost(clock, pollTimeoutMs, signal, (waiting) => log.wait(conferenceId, fromVersion, waiting));
    // A log that several servers share may have been set back meanwhile.
    await requirePosition(log, conferenceId, position);
  }
  const events = isReady ? ready : await log.read(conferenceId, fromVersion, batchBytes);
  await log.settled();
  return events ?? [];
}
