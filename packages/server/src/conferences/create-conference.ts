import type { ConferenceCreatedEvent, CreateCommand } from '@parley-rtc/contract';
import { RefusalError } from '../refusal.ts';
import { requireRight } from './preconditions.ts';
import { reservedIds } from './reserved-ids.ts';
import type { RuleContext } from './rule-context.ts';
import { timestampOf } from './stamp-events.ts';

/** The event that begins the conference, which the command describes (decisions 10, 25, 27). */
export function createConference(command: CreateCommand, context: RuleContext): ConferenceCreatedEvent {
  const { actor, newId, nowMs } = context;
  requireRight(actor, 'create-conference', 'create conferences');
  if (command.conferenceId !== undefined && reservedIds.has(command.conferenceId)) {
    throw new RefusalError(
      'invalid_request',
      `conferenceId "${command.conferenceId}" is a word of the API. Choose another, or leave it out.`,
    );
  }
  if (command.mode !== undefined && command.mode !== 'ROUTER') {
    throw new RefusalError(
      'invalid_request',
      `mode ${command.mode} is not supported. Send ROUTER or leave it out.`,
    );
  }
  if (
    actor.rights.has('name-organization') &&
    command.organizationId !== undefined &&
    command.organizationId !== actor.organizationId
  ) {
    throw new RefusalError('forbidden', 'organizationId is not the organisation of the token. Leave it out.');
  }
  return {
    id: newId(),
    type: 'ConferenceCreatedEvent',
    timestamp: timestampOf(nowMs),
    conferenceId: command.conferenceId ?? newId(),
    organizationId: actor.organizationId,
    conferenceVersion: null,
    userId: actor.userId,
    ...(command.creatorEndpoint !== undefined && { userEndpointId: command.creatorEndpoint }),
    mode: 'ROUTER',
    ...(command.interactionId !== undefined && { interactionId: command.interactionId }),
    ...(command.metadata !== undefined && { metadata: command.metadata }),
  };
}

/** Whether two creation events come from the same creator and an identical request (decision 26). */
export function isSameCreation(one: ConferenceCreatedEvent, other: ConferenceCreatedEvent): boolean {
  return describe(one) === describe(other);
}

function describe(event: ConferenceCreatedEvent): string {
  const metadata = Object.entries(event.metadata ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { organizationId, userId, userEndpointId, mode, interactionId } = event;
  return JSON.stringify([organizationId, userId, userEndpointId, mode, interactionId, metadata]);
}
