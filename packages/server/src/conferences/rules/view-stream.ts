import { findParticipant, type ConferenceState, type Participant } from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { requireActive, requireStream } from './preconditions.ts';

/**
 * The viewing participant: the caller's endpoint that the command names. Deployed mobile clients name the stream's
 * publisher instead; then it is the caller's first endpoint in the conference (decision 12). `isOwn` tells the caller's
 * endpoints.
 */
export function viewerOf(
  state: ConferenceState,
  command: { readonly userEndpointId: string; readonly streamId: string },
  isOwn: (participant: Participant) => boolean,
): Participant {
  requireActive(state);
  const named = findParticipant(state, command.userEndpointId);
  if (named && isOwn(named)) return named;
  const own = state.participants.find(isOwn);
  if (!own) {
    throw new RefusalError('not_joined', 'None of your endpoints is in the conference. Call join first.');
  }
  const { participant: publisher } = requireStream(state, command.streamId);
  if (publisher.id === command.userEndpointId) return own;
  throw new RefusalError(
    'forbidden',
    "userEndpointId is neither your joined endpoint nor the publisher's. Send your own.",
  );
}
