import {
  findParticipant,
  findStream,
  type ConferenceState,
  type Participant,
  type Stream,
} from '@parley-rtc/contract';
import type { Actor, Right } from '../actor.ts';
import { RefusalError } from '../refusal.ts';

/** Refuses with `forbidden` when the actor lacks `right`. */
export function requireRight(actor: Actor, right: Right, toDo: string): void {
  if (!actor.rights.has(right)) {
    throw new RefusalError('forbidden', `The role of this token does not permit you to ${toDo}.`);
  }
}

/** Refuses with `forbidden` when a ticket names another conference. */
export function requireTicketFor(actor: Actor, conferenceId: string): void {
  if (actor.conferenceId !== undefined && actor.conferenceId !== conferenceId) {
    throw new RefusalError(
      'forbidden',
      'The ticket behind this token opens another conference. Ask for a ticket for this one.',
    );
  }
}

/** Refuses with `forbidden` when the conference belongs to another organisation. */
export function requireSameOrganization(actor: Actor, state: ConferenceState): void {
  if (actor.organizationId !== state.organizationId) {
    throw new RefusalError('forbidden', 'This conference belongs to another organisation than the token.');
  }
}

/** Refuses with `not_found` when the conference has ended: it can be read for a while, but not changed. */
export function requireActive(state: ConferenceState): void {
  if (state.ended) throw new RefusalError('not_found', 'This conference has ended. Create a new one.');
}

/** The participant, or `not_joined`. */
export function requireParticipant(state: ConferenceState, endpointId: string): Participant {
  requireActive(state);
  const participant = findParticipant(state, endpointId);
  if (!participant) {
    throw new RefusalError('not_joined', 'This endpoint is not inside the conference. Call join first.');
  }
  return participant;
}

/** The stream and who publishes it, or `not_found`. */
export function requireStream(
  state: ConferenceState,
  streamId: string,
): { readonly stream: Stream; readonly participant: Participant } {
  const found = findStream(state, streamId);
  if (!found) {
    throw new RefusalError(
      'not_found',
      'No such stream in this conference, or it was withdrawn. Read the conference to see its streams.',
    );
  }
  return found;
}

/** A stream that this participant publishes, `not_found`, or `forbidden` when somebody else does. */
export function requireOwnStream(state: ConferenceState, owner: Participant, streamId: string): Stream {
  const { stream, participant } = requireStream(state, streamId);
  if (participant.id !== owner.id) {
    throw new RefusalError(
      'forbidden',
      'Another endpoint publishes this stream; only that one may change it.',
    );
  }
  return stream;
}
