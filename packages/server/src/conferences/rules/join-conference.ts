import {
  findParticipant,
  type ConferenceState,
  type HistoryEvent,
  type JoinCommand,
  type JsonObject,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { permissionsOf } from './permissions.ts';
import { requireActive } from './preconditions.ts';
import { requireEntry, requireNotRemoved } from './require-entry.ts';
import type { RuleContext } from './rule-context.ts';
import { stampEvents } from './stamp-events.ts';

/** Adds an endpoint, unless it has already joined (decision 14), may not enter, or the conference is full. */
export function joinConference(
  state: ConferenceState,
  command: JoinCommand,
  context: RuleContext,
): readonly HistoryEvent[] {
  requireActive(state);
  if (findParticipant(state, command.userEndpointId)) {
    throw new RefusalError(
      'already_joined',
      'This endpoint is already in the conference; nothing changed. Read the conference and set up views again.',
    );
  }
  requireNotRemoved(command.userEndpointId, context);
  requireEntry(state, context);
  if (state.participants.length >= participantLimit(state)) {
    throw new RefusalError(
      'conference_full',
      'The conference is full. Try again after a participant leaves.',
    );
  }
  const { verified } = context.actor;
  const joined = {
    type: 'ConferenceJoinedEvent',
    userId: context.actor.userId,
    userEndpointId: command.userEndpointId,
    ...(command.metadata !== undefined && { metadata: command.metadata as JsonObject }),
    permissions: permissionsOf(state, context),
    ...(verified && { verified }),
  } as const;
  return stampEvents(state, [joined], context);
}

/** The metadata entry `participant_limit`, a number as text; any other value means no limit. */
function participantLimit(state: ConferenceState): number {
  const text = state.metadata['participant_limit']?.value ?? '';
  return /^\d+$/.test(text) ? Number(text) : Infinity;
}
