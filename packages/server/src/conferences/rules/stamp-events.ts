import type { ConferenceCreatedEvent, ConferenceState, EventBase, HistoryEvent } from '@parley-rtc/contract';
import type { Stamp } from './rule-context.ts';

/** An event as a rule returns it: what happened, without id, time and version. */
export type EventContent = ContentOf<Exclude<HistoryEvent, ConferenceCreatedEvent>>;
type ContentOf<Event> = Event extends HistoryEvent ? Omit<Event, keyof EventBase> : never;

/** The events that follow `state`, in the given order, each one version later. */
export function stampEvents(
  state: ConferenceState,
  contents: readonly EventContent[],
  stamp: Stamp,
): readonly HistoryEvent[] {
  return contents.map((content, index) => ({
    id: stamp.newId(),
    timestamp: timestampOf(stamp.nowMs),
    conferenceId: state.id,
    ...(state.organizationId !== undefined && { organizationId: state.organizationId }),
    conferenceVersion: state.version + index,
    ...content,
  }));
}

/** UTC with three decimals and `Z` (decision 24). */
export function timestampOf(nowMs: number): string {
  return new Date(nowMs).toISOString();
}
