import {
  findParticipant,
  findStream,
  type ConferenceState,
  type Participant,
  type Stream,
} from '@parley-rtc/contract';
import type { Actor, Right } from '../../actor.ts';
import { RefusalError } from '../../refusal.ts';

/** Refuses with `forbidden` when the actor lacks `right`. */
export function requireRight(actor: Actor, right: Right, toDo: string): void {
  if (!actor.rights.has(right)) {
    throw new RefusalError(
      'forbidden',
      `The token's role may not ${toDo}. Use a token with a role that may.`,
    );
  }
}

/** Whether the actor created the conference. A ticket may carry any user id, so its holder is never the creator. */
export function isCreator(state: ConferenceState, actor: Actor): boolean {
  return actor.realm !== 'ticket' && actor.userId === state.creator;
}

/** Refuses with `forbidden` when the actor's ticket is for another conference. */
export function requireTicketFor(actor: Actor, conferenceId: string): void {
  if (actor.conferenceId !== undefined && actor.conferenceId !== conferenceId) {
    throw new RefusalError(
      'forbidden',
      "The token's ticket is for another conference. Request a ticket for this one.",
    );
  }
}

/**
 * Refuses with `invalid_token` when the actor's login belongs to an earlier conference with the same id, so that the
 * client logs in again.
 */
export function requireSameInstance({ conferenceInstance }: Actor, instance: string | undefined): void {
  if (conferenceInstance !== undefined && conferenceInstance !== instance) {
    throw new RefusalError(
      'invalid_token',
      'The login belongs to an earlier conference with this id. Log in again with the ticket.',
    );
  }
}

/** Refuses with `forbidden` when the conference belongs to another organization. */
export function requireSameOrganization(actor: Actor, state: ConferenceState): void {
  if (actor.organizationId !== state.organizationId) {
    throw new RefusalError(
      'forbidden',
      'The conference belongs to another organization. Use a token of that organization.',
    );
  }
}

/** Refuses with `not_found` when the conference has ended: it stays readable for a while, but cannot change. */
export function requireActive(state: ConferenceState): void {
  if (state.ended) throw new RefusalError('not_found', 'This conference has ended. Create a new one.');
}

/** The participant; refuses with `not_joined`. */
export function requireParticipant(state: ConferenceState, endpointId: string): Participant {
  requireActive(state);
  const participant = findParticipant(state, endpointId);
  if (!participant) {
    throw new RefusalError('not_joined', 'This endpoint is not in the conference. Call join first.');
  }
  return participant;
}

/** The stream and its publisher; refuses with `not_found`. */
export function requireStream(
  state: ConferenceState,
  streamId: string,
): { readonly stream: Stream; readonly participant: Participant } {
  const found = findStream(state, streamId);
  if (!found) {
    throw new RefusalError(
      'not_found',
      'The conference has no such stream (any more). Read the conference to see its streams.',
    );
  }
  return found;
}

/**
 * A stream that this participant publishes; refuses with `not_found`, or `forbidden` if another participant publishes
 * it.
 */
export function requireOwnStream(state: ConferenceState, owner: Participant, streamId: string): Stream {
  const { stream, participant } = requireStream(state, streamId);
  if (participant.id !== owner.id) {
    throw new RefusalError(
      'forbidden',
      'Only the endpoint that publishes this stream may change it. Send that endpoint.',
    );
  }
  return stream;
}
