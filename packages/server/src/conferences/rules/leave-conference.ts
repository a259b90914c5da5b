import {
  findParticipant,
  type ConferenceState,
  type HistoryEvent,
  type Participant,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { removingOrphans } from './conventions.ts';
import { requireActive } from './preconditions.ts';
import type { Stamp } from './rule-context.ts';
import { stampEvents, type EventContent } from './stamp-events.ts';
import { unpublishing } from './unpublish-stream.ts';

interface Leave {
  readonly userEndpointId: string;
  readonly reason?: string;
}

/** Removes an endpoint at its own request; refuses with `not_found` if it is not in the conference (decision 33). */
export function leaveConference(state: ConferenceState, leave: Leave, stamp: Stamp): readonly HistoryEvent[] {
  requireActive(state);
  const participant = findParticipant(state, leave.userEndpointId);
  if (!participant) {
    throw new RefusalError('not_found', 'This endpoint is not in the conference. Treat it as left.');
  }
  return stampEvents(state, departure(state, participant, leave.reason), stamp);
}

/** Removes an endpoint that is gone; no event if it is not in the conference. */
export function dropParticipant(state: ConferenceState, leave: Leave, stamp: Stamp): readonly HistoryEvent[] {
  const participant = findParticipant(state, leave.userEndpointId);
  return participant ? stampEvents(state, departure(state, participant, leave.reason), stamp) : [];
}

/** Unpublishes the participant's streams before it leaves: a reader never sees a stream without its publisher. */
export function departure(
  state: ConferenceState,
  participant: Participant,
  reason: string | undefined,
): readonly EventContent[] {
  const left = {
    type: 'ConferenceLeftEvent',
    userId: participant.userId,
    userEndpointId: participant.id,
    ...(reason !== undefined && { reason }),
  } as const;
  return [
    ...participant.streams.flatMap((stream) => unpublishing(state, participant, stream)),
    ...removingOrphans(state, participant.id),
    left,
  ];
}
