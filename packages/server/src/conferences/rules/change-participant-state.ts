import { findParticipant, type ConferenceState, type HistoryEvent } from '@parley-rtc/contract';
import type { Stamp } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/** Announces that an endpoint fell silent or came back; no event if it is not in the conference or nothing changed. */
export function changeParticipantState(
  state: ConferenceState,
  change: { readonly userEndpointId: string; readonly state: 'HEALTHY' | 'SICK' },
  stamp: Stamp,
): readonly HistoryEvent[] {
  const participant = findParticipant(state, change.userEndpointId);
  if (!participant || participant.state === change.state) return [];
  const changed = {
    type: 'ConferenceParticipantStateChangedEvent',
    userId: participant.userId,
    userEndpointId: participant.id,
    state: change.state,
  } as const;
  return stampEvents(state, [changed], stamp);
}
