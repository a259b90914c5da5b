import { createRtcApi, HttpError, type RtcApi } from '@parley-rtc/client';
import { RequestError } from './request-error.ts';

const maxTextCharacters = 500;
const maxIdCharacters = 64;
/** Maximum number of messages per endpoint and period. */
const rateLimit = { messages: 5, periodMs: 10_000 };

/** The request body for sending a message. */
interface Message {
  readonly conferenceId: string;
  readonly endpointId: string;
  readonly text: string;
  /** By which pages recognize a message that was sent again because its answer was lost. */
  readonly messageId: string | undefined;
}

/**
 * Creates a function that sends a chat message on behalf of a participant. It takes the request body and the page's own
 * token, and resolves once the server has sent a `ChatMessageSentEvent` to all participants. `api` needs the role
 * SERVICE.
 */
export function createChatSender(
  api: RtcApi,
  server: string,
): (body: Readonly<Record<string, unknown>>, token: string) => Promise<void> {
  /** Times of each endpoint's recent messages. */
  const recentTimes = new Map<string, readonly number[]>();

  const enforceRateLimit = (endpointId: string): void => {
    const sinceMs = Date.now() - rateLimit.periodMs;
    for (const [id, times] of recentTimes) if ((times.at(-1) ?? 0) < sinceMs) recentTimes.delete(id);
    const times = (recentTimes.get(endpointId) ?? []).filter((timeMs) => timeMs >= sinceMs);
    if (times.length >= rateLimit.messages) {
      throw new RequestError(429, 'too_many_requests', 'You’re sending messages too fast. Wait ten seconds.');
    }
    recentTimes.set(endpointId, [...times, Date.now()]);
  };

  return async (body, token) => {
    const { conferenceId, endpointId, text, messageId } = readMessage(body);
    await requireOwner(createRtcApi({ server, token }), endpointId);
    const { participants = [] } = await api.getConference(conferenceId);
    const sender = participants.find(({ id }) => id === endpointId);
    if (!sender)
      throw new RequestError(403, 'forbidden', 'You’re not in this call. Rejoin it to send messages.');
    enforceRateLimit(endpointId);
    // Take the name from the conference's state, so that a participant cannot impersonate another one.
    const name = sender.metadata?.['name'] ?? 'Guest';
    const timestamp = new Date().toISOString();
    await api.sendEvent({
      conferenceId,
      event: {
        type: 'ChatMessageSentEvent',
        timestamp,
        endpointId,
        name,
        text,
        ...(messageId !== undefined && { messageId }),
      },
    });
  };
}

function readMessage({
  conferenceId,
  endpointId,
  text,
  messageId,
}: Readonly<Record<string, unknown>>): Message {
  if (typeof conferenceId !== 'string' || typeof endpointId !== 'string' || typeof text !== 'string') {
    throw new RequestError(
      400,
      'invalid_request',
      'Send {"conferenceId": "…", "endpointId": "…", "text": "…"}.',
    );
  }
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > maxTextCharacters) {
    throw new RequestError(
      400,
      'invalid_request',
      `Write a message of 1 to ${maxTextCharacters} characters.`,
    );
  }
  const isUsable = typeof messageId === 'string' && messageId.length <= maxIdCharacters;
  return { conferenceId, endpointId, text: trimmed, messageId: isUsable ? messageId : undefined };
}

/** Proves ownership with a keep-alive, which the server accepts only from the endpoint's owner and which is harmless. */
async function requireOwner(guest: RtcApi, endpointId: string): Promise<void> {
  try {
    await guest.keepAliveUserEndpoint({ userEndpointId: endpointId });
  } catch (error) {
    // Only a refusal says that it is somebody else's: a busy server or a proxy says nothing about the owner.
    if (!(error instanceof HttpError) || error.retryable) throw error;
    throw new RequestError(403, 'forbidden', 'You can only send messages as yourself. Rejoin the call.');
  }
}
