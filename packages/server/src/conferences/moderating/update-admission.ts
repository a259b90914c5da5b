import {
  LOBBY_KEY,
  lobbyEntry,
  lobbyInEntry,
  LOCKED_KEY,
  type ConferenceState,
  type HistoryEvent,
  type UpdateAdmissionCommand,
} from '@parley-rtc/contract';
import { requirePermission } from '../rules/permissions.ts';
import { requireActive } from '../rules/preconditions.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import { stampEvents } from '../rules/stamp-events.ts';

/** Locks or unlocks the conference, and opens or closes its waiting room. No event for what is so already. */
export function updateAdmission(
  state: ConferenceState,
  { userEndpointId, locked, lobby, lobbyMessage }: UpdateAdmissionCommand,
  context: RuleContext,
): readonly HistoryEvent[] {
  requireActive(state);
  requirePermission(state, context, userEndpointId, 'moderate');
  const hasLobby = lobby ?? Object.hasOwn(state.metadata, LOBBY_KEY);
  const known = lobbyInEntry(state.metadata[LOBBY_KEY]?.value ?? '').message ?? '';
  const wanted = {
    ...(locked !== undefined && { [LOCKED_KEY]: locked ? 'true' : undefined }),
    [LOBBY_KEY]: hasLobby ? lobbyEntry(lobbyMessage ?? known) : undefined,
  };
  const changes = Object.entries(wanted).filter(([key, value]) => state.metadata[key]?.value !== value);
  const update = {
    type: 'ConferenceMetadataUpdatedEvent',
    userId: context.actor.userId,
    userEndpointId,
  } as const;
  return stampEvents(
    state,
    changes.map(([key, value]) =>
      value === undefined
        ? { ...update, operation: 'REMOVE', key }
        : { ...update, operation: 'SET', key, value },
    ),
    context,
  );
}
