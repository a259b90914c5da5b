import { createRtcApi, HttpError, type RtcApi } from '@parley-rtc/client';
import { RequestError } from './request-error.ts';

const longestTextCharacters = 500;
/** As many messages as this in as many milliseconds, for each endpoint. */
const most = { messages: 5, inMs: 10_000 };

/** What a page sends to say something. */
interface Message {
  readonly conferenceId: string;
  readonly endpointId: string;
  readonly text: string;
}

/**
 * Says things to a conference in the name of who is inside: takes a body and the page's own token, and resolves once
 * the server has sent the event `ChatMessageSentEvent` to everybody. `api` must have the role SERVICE.
 */
export function createChatDesk(
  api: RtcApi,
  server: string,
): (body: Readonly<Record<string, unknown>>, token: string) => Promise<void> {
  /** When each endpoint has said something lately. */
  const lately = new Map<string, readonly number[]>();

  const keepToRate = (endpointId: string): void => {
    const sinceMs = Date.now() - most.inMs;
    for (const [id, times] of lately) if ((times.at(-1) ?? 0) < sinceMs) lately.delete(id);
    const times = (lately.get(endpointId) ?? []).filter((timeMs) => timeMs >= sinceMs);
    if (times.length >= most.messages) {
      throw new RequestError(429, 'too_many_requests', 'That was a lot at once. Wait ten seconds.');
    }
    lately.set(endpointId, [...times, Date.now()]);
  };

  return async (body, token) => {
    const { conferenceId, endpointId, text } = readMessage(body);
    await requireOwner(createRtcApi({ server, token }), endpointId);
    const { participants = [] } = await api.getConference(conferenceId);
    const sender = participants.find(({ id }) => id === endpointId);
    if (!sender) throw new RequestError(403, 'forbidden', 'You are not in this call. Join it again.');
    keepToRate(endpointId);
    // The name is the one that everybody sees anyway, so that nobody can speak as somebody else.
    const name = sender.metadata?.['name'] ?? 'Guest';
    const timestamp = new Date().toISOString();
    await api.sendEvent({
      conferenceId,
      event: { type: 'ChatMessageSentEvent', timestamp, endpointId, name, text },
    });
  };
}

function readMessage({ conferenceId, endpointId, text }: Readonly<Record<string, unknown>>): Message {
  if (typeof conferenceId !== 'string' || typeof endpointId !== 'string' || typeof text !== 'string') {
    throw new RequestError(
      400,
      'invalid_request',
      'Send {"conferenceId": "…", "endpointId": "…", "text": "…"}.',
    );
  }
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > longestTextCharacters) {
    throw new RequestError(
      400,
      'invalid_request',
      `Say something in at most ${longestTextCharacters} characters.`,
    );
  }
  return { conferenceId, endpointId, text: trimmed };
}

/** The server lets only its owner keep an endpoint alive; that is the proof, and it does no harm. */
async function requireOwner(guest: RtcApi, endpointId: string): Promise<void> {
  try {
    await guest.keepAliveUserEndpoint({ userEndpointId: endpointId });
  } catch (error) {
    if (!(error instanceof HttpError) || error.status >= 500) throw error;
    throw new RequestError(403, 'forbidden', 'This is not your place in the call. Join it again.');
  }
}
