import type {
  ConferenceState,
  JsonValue,
  NewMessage,
  Participant,
  SendMessagesCommand,
} from '@parley-rtc/contract';
import { requirePermitted } from '../conferences/rules/permissions.ts';
import { requireParticipant } from '../conferences/rules/preconditions.ts';
import type { UnplacedMessage } from '../event-log/message-log.ts';
import { RefusalError } from '../refusal.ts';

/** What a message gets from the server. */
interface Stamp {
  readonly nowMs: number;
  readonly newId: () => string;
  /** Ids of messages that the sender sent before. Their recipients may have left since. */
  readonly knownIds: ReadonlySet<string>;
}

/**
 * The messages of a command as they are stored. Refuses with `not_joined` a sender who is not in the conference, with `forbidden` one who may not send, with
 * `unknown_recipient` a recipient who is not, or who is the sender, and with `invalid_request` an id that is not Unicode.
 */
export function messagesOf(
  state: ConferenceState,
  { userEndpointId, messages }: SendMessagesCommand,
  stamp: Stamp,
): readonly UnplacedMessage[] {
  const sender = requireParticipant(state, userEndpointId);
  requirePermitted(sender, 'send');
  for (const { id, to = [] } of messages) {
    requireStorableId(id);
    if (!stamp.knownIds.has(id)) requireRecipients(state, sender, to);
  }
  return messages.map((message) => messageOf(state, sender, message, stamp));
}

/** A database stores UTF-8, in which all halves of surrogate pairs are the same character. */
function requireStorableId(id: string): void {
  if (!/\p{Surrogate}/u.test(id)) return;
  throw new RefusalError(
    'invalid_request',
    'The `id` of a message contains half a surrogate pair. Choose another id, for example a UUID.',
  );
}

function requireRecipients(state: ConferenceState, sender: Participant, to: readonly string[]): void {
  const inside = usersInside(state);
  const unknown = to.find((id) => !inside.has(id) || id === sender.id);
  if (unknown === undefined) return;
  throw new RefusalError(
    'unknown_recipient',
    unknown === sender.id
      ? 'A message cannot be sent to its own sender. Leave that endpoint out of `to`.'
      : `The endpoint "${unknown}" is not in the conference (any more). Leave it out of \`to\`.`,
  );
}

/** The users of the participants, by endpoint. */
function usersInside({ participants }: ConferenceState): ReadonlyMap<string, string> {
  return new Map(participants.map(({ id, userId }) => [id, userId]));
}

function messageOf(
  state: ConferenceState,
  sender: Participant,
  { id: messageId, topic, payload, contentType, to }: NewMessage,
  { nowMs, newId }: Stamp,
): UnplacedMessage {
  const { id: conferenceId, organizationId } = state;
  const recipients = to && [...new Set(to)];
  const users = recipients && usersInside(state);
  return {
    type: 'ConferenceMessageSentEvent',
    id: newId(),
    timestamp: new Date(nowMs).toISOString(),
    conferenceId,
    ...(organizationId !== undefined && { organizationId }),
    conferenceVersion: null,
    userId: sender.userId,
    userEndpointId: sender.id,
    messageId,
    topic,
    payload: payload as JsonValue,
    ...(contentType !== undefined && { contentType }),
    ...(recipients && { to: recipients, toUsers: recipients.map((id) => users?.get(id) ?? '') }),
  };
}
