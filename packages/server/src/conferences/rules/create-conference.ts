import type { ConferenceCreatedEvent, CreateCommand } from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { requireRight } from './preconditions.ts';
import type { RuleContext } from './rule-context.ts';
import { timestampOf } from './stamp-events.ts';

/** Words that are paths of the API and therefore not allowed as conference ids (decision 25). */
export const reservedIds: ReadonlySet<string> = new Set([
  'active',
  'addPublishStreamIceCandidates',
  'addViewStreamIceCandidates',
  'create',
  'end',
  'interaction',
  'join',
  'leave',
  'publishStream',
  'sendEvent',
  'sendMessages',
  'startRecording',
  'stopRecording',
  'stopViewStream',
  'unpublishStream',
  'updateMetadata',
  'updateParticipantMetadata',
  'updatePublishedStreamBitrate',
  'updateStreamMetadata',
  'updateViewStream',
  'viewStream',
]);

/** The creation event of the conference that the command describes (decisions 10, 25, 27). */
export function createConference(command: CreateCommand, context: RuleContext): ConferenceCreatedEvent {
  const { actor, newId, nowMs } = context;
  requireRight(actor, 'create-conference', 'create conferences');
  if (command.conferenceId !== undefined && reservedIds.has(command.conferenceId)) {
    throw new RefusalError(
      'invalid_request',
      `conferenceId "${command.conferenceId}" is reserved by the API. Choose another id, or omit it to get a generated one.`,
    );
  }
  if (command.mode !== undefined && command.mode !== 'ROUTER') {
    throw new RefusalError(
      'invalid_request',
      `mode ${command.mode} is not supported. Send ROUTER or omit it.`,
    );
  }
  if (
    actor.rights.has('name-organization') &&
    command.organizationId !== undefined &&
    command.organizationId !== actor.organizationId
  ) {
    throw new RefusalError('forbidden', "organizationId differs from the token's organization. Omit it.");
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

/** Whether two creation events come from the same creator and identical requests (decision 26). */
export function isSameCreation(one: ConferenceCreatedEvent, other: ConferenceCreatedEvent): boolean {
  return describe(one) === describe(other);
}

function describe(event: ConferenceCreatedEvent): string {
  const metadata = Object.entries(event.metadata ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { organizationId, userId, userEndpointId, mode, interactionId } = event;
  return JSON.stringify([organizationId, userId, userEndpointId, mode, interactionId, metadata]);
}
