import type { HistoryEvent } from '@parley-rtc/contract';
import type { EventLog } from '../event-log/event-log.ts';

/** Where an endpoint's events begin. */
export interface JoinPlace {
  /** The first version to read. */
  readonly version: number;
  /** The event with which the endpoint joined; undefined if it was dropped from the history. */
  readonly joinId: string | undefined;
}

/** How much of the history is held in memory at a time. */
const batchBytes = 65_536;

/**
 * The place of the event with which an endpoint last joined, or of the oldest event if that one was dropped. Undefined if
 * there is no such history.
 */
export async function findJoin(
  log: Pick<EventLog, 'read'>,
  conferenceId: string,
  endpointId: string,
): Promise<JoinPlace | undefined> {
  let oldestVersion: number | undefined;
  let found: { readonly version: number; readonly joinId: string } | undefined;
  for (let version = 0; ;) {
    const events = await log.read(conferenceId, version, batchBytes);
    if (!events) return undefined;
    const last = events.at(-1);
    if (!last) break;
    // A history that was cut may begin with the event before the first readable position.
    oldestVersion ??= version === events[0]?.conferenceVersion ? version : versionAfter(events[0]);
    const joined = events.findLast((event) => isJoinOf(event, endpointId));
    if (joined) found = { version: joined.conferenceVersion ?? 0, joinId: joined.id };
    version = versionAfter(last);
  }
  return { version: Math.max(found?.version ?? 0, oldestVersion ?? 0), joinId: found?.joinId };
}

/** Whether an endpoint joined by this event. */
export function isJoinOf(event: HistoryEvent, endpointId: string): boolean {
  return event.type === 'ConferenceJoinedEvent' && event.userEndpointId === endpointId;
}

/** Whether an endpoint left by this event, or was removed. */
export function isLeaveOf(event: HistoryEvent, endpointId: string): boolean {
  return event.type === 'ConferenceLeftEvent' && event.userEndpointId === endpointId;
}

function versionAfter(event: HistoryEvent | undefined): number {
  return (event?.conferenceVersion ?? -1) + 1;
}
