import {
  findParticipant,
  type ConferenceState,
  type HistoryEvent,
  type Participant,
} from '@parley-rtc/contract';
import { RefusalError } from '../refusal.ts';
import { requireActive } from './preconditions.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents, type EventContent } from './stamp-events.ts';
import { withdrawal } from './unpublish-stream.ts';

interface Leave {
  readonly userEndpointId: string;
  readonly reason?: string;
}

/** Takes an endpoint out by its own wish; refused with `not_found` when it is not inside (decision 33). */
export function leaveConference(state: ConferenceState, leave: Leave, stamp: Stamp): readonly HistoryEvent[] {
  requireActive(state);
  const participant = findParticipant(state, leave.userEndpointId);
  if (!participant) {
    throw new RefusalError('not_found', 'This endpoint is not inside the conference; take it as left.');
  }
  return stampEvents(state, departure(participant, leave.reason), stamp);
}

/** Takes an endpoint out because it is gone; nothing happens when it is not inside. */
export function dropParticipant(state: ConferenceState, leave: Leave, stamp: Stamp): readonly HistoryEvent[] {
  const participant = findParticipant(state, leave.userEndpointId);
  return participant ? stampEvents(state, departure(participant, leave.reason), stamp) : [];
}

/** First its streams go, then the participant: a reader never sees a stream without its publisher. */
export function departure(participant: Participant, reason: string | undefined): readonly EventContent[] {
  const left = {
    type: 'ConferenceLeftEvent',
    userId: participant.userId,
    userEndpointId: participant.id,
    ...(reason !== undefined && { reason }),
  } as const;
  return [...participant.streams.map((stream) => withdrawal(participant, stream)), left];
}
