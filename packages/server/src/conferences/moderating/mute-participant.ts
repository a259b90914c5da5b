import {
  findParticipant,
  type ConferenceState,
  type HistoryEvent,
  type MuteParticipantCommand,
  type StreamType,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { isMutedByOther, muteKey } from '../rules/conventions.ts';
import { requirePermission } from '../rules/permissions.ts';
import { requireActive } from '../rules/preconditions.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import { stampEvents } from '../rules/stamp-events.ts';

/** The kinds of media that a stream may carry. */
const kindsOf: Readonly<Record<StreamType, readonly string[]>> = {
  MIC: ['audio'],
  CAM: ['video'],
  MIC_AND_CAM: ['audio', 'video'],
  SCREEN: ['audio', 'video'],
  UNKNOWN: ['audio', 'video'],
};

/**
 * Announces that a participant's streams are muted, by the platform's convention. No event for one that a moderator has muted
 * already; a participant who only says that it is muted may be sending.
 */
export function muteParticipant(
  state: ConferenceState,
  { userEndpointId, participantId, kind, streamId }: MuteParticipantCommand,
  context: RuleContext,
): readonly HistoryEvent[] {
  requireActive(state);
  requirePermission(state, context, userEndpointId, 'moderate');
  const participant = findParticipant(state, participantId);
  if (!participant) {
    throw new RefusalError('not_found', 'This participant is not in the conference (any more).');
  }
  if (streamId !== undefined && !participant.streams.some(({ id }) => id === streamId)) {
    throw new RefusalError('not_found', 'This participant does not publish this stream (any more).');
  }
  const keys = participant.streams
    .filter(({ id, type }) => (streamId === undefined || id === streamId) && kindsOf[type].includes(kind))
    .map(({ id }) => muteKey(kind, id))
    .filter((key) => !isMutedByOther(state, participantId, key));
  const muted = {
    type: 'ConferenceMetadataUpdatedEvent',
    operation: 'SET',
    userId: context.actor.userId,
    userEndpointId,
    value: 'true',
  } as const;
  return stampEvents(
    state,
    keys.map((key) => ({ ...muted, key })),
    context,
  );
}
