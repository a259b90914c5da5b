import { findParticipant, type ConferenceState, type Participant } from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import { RefusalError } from '../refusal.ts';
import { requireActive, requireStream } from './preconditions.ts';

/**
 * The participant who views: the caller's endpoint that the command names. Deployed mobile clients name the stream's
 * publisher instead; then it is the caller's first endpoint inside (decision 12).
 */
export function viewerOf(
  state: ConferenceState,
  command: { readonly userEndpointId: string; readonly streamId: string },
  actor: Actor,
): Participant {
  requireActive(state);
  const named = findParticipant(state, command.userEndpointId);
  if (named?.userId === actor.userId) return named;
  const own = state.participants.find(({ userId }) => userId === actor.userId);
  if (!own) {
    throw new RefusalError(
      'not_joined',
      'You are not inside the conference with any endpoint. Call join first.',
    );
  }
  const { participant: publisher } = requireStream(state, command.streamId);
  if (publisher.id === command.userEndpointId) return own;
  throw new RefusalError(
    'forbidden',
    'userEndpointId is neither an endpoint of yours inside nor the publisher.',
  );
}
