import {
  LOBBY_KEY,
  lobbyEntry,
  SERVER_KEY_PREFIX,
  type ConferenceCreatedEvent,
  type CreateCommand,
} from '@parley-rtc/contract';
import { RefusalError } from '../../refusal.ts';
import { requireRight } from './preconditions.ts';
import type { RuleContext } from './rule-context.ts';
import { timestampOf } from './stamp-events.ts';

/** Words that are paths of the API and therefore not allowed as conference ids (decision 25). */
export const reservedIds: ReadonlySet<string> = new Set([
  'active',
  'addPublishStreamIceCandidates',
  'addViewStreamIceCandidates',
  'cancelEntry',
  'create',
  'decideEntry',
  'end',
  'enter',
  'interaction',
  'join',
  'leave',
  'muteParticipant',
  'publishStream',
  'removeParticipant',
  'requestEntry',
  'sendEvent',
  'sendMessages',
  'startRecording',
  'stopRecording',
  'stopViewStream',
  'unpublishStream',
  'updateAdmission',
  'updateMetadata',
  'updateParticipantMetadata',
  'updatePermissions',
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
    ...metadataOf(command),
  };
}

function metadataOf({ metadata, lobby = false }: CreateCommand): Pick<ConferenceCreatedEvent, 'metadata'> {
  if (Object.keys(metadata ?? {}).some((key) => key.startsWith(SERVER_KEY_PREFIX))) {
    throw new RefusalError(
      'invalid_request',
      `Metadata keys that start with ${SERVER_KEY_PREFIX} belong to the server. Choose other keys, or send lobby: true.`,
    );
  }
  if (!lobby) return metadata === undefined ? {} : { metadata };
  return { metadata: { ...metadata, [LOBBY_KEY]: lobbyEntry('') } };
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
