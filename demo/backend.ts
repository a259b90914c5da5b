import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientToken, createRtcApi, HttpError, type RtcApi } from '@parley-rtc/client';
import { createChatDesk } from './chat-desk.ts';
import { readJson } from './read-json.ts';
import { RequestError } from './request-error.ts';

/** What the back end knows and the page must never see. */
export interface BackendOptions {
  /** Address of the Parley server. */
  readonly server: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const roomPattern = /^[\w-]{1,64}$/;

/**
 * The part of a customer's back end that Parley needs:
 *
 * - `POST /ticket` with `{room}` answers `{ticket, conferenceId}`. A real one would first check who asks and whether
 *   they may enter the room.
 * - `POST /messages` with `{conferenceId, endpointId, text}` and the page's token says something to all in the call.
 */
export function createBackend({ server, clientId, clientSecret }: BackendOptions): Handler {
  const api = createRtcApi({ server, token: clientToken({ server, clientId, clientSecret }) });
  const say = createChatDesk(api, server);

  const handle = async (request: IncomingMessage): Promise<object> => {
    if (request.method !== 'POST') throw new RequestError(400, 'invalid_request', 'Send a POST request.');
    const body = await readJson(request);
    switch (request.url) {
      case '/ticket':
        return makeTicket(api, readRoom(body));
      case '/messages':
        await say(body, bearerOf(request));
        return {};
      default:
        throw new RequestError(404, 'not_found', 'There are /ticket and /messages.');
    }
  };
  return async (request, response) => {
    try {
      answer(response, 200, await handle(request));
    } catch (error) {
      if (error instanceof RequestError) {
        answer(response, error.status, { error: error.code, error_description: error.message });
      } else {
        console.error(`POST /backend${request.url} failed:`, error);
        answer(response, 502, {
          error: 'server_error',
          error_description: 'The call server did not do its part. Try again in a moment.',
        });
      }
    }
  };
}

async function makeTicket(api: RtcApi, room: string): Promise<{ ticket: string; conferenceId: string }> {
  const conferenceId = `demo-${room}`;
  await createOnce(api, conferenceId);
  const { id } = await api.createTicket({
    type: 'MULTI_USE_TICKET',
    length: 9,
    properties: { conference_id: conferenceId },
  });
  if (id === undefined) throw new Error('The Parley server made a ticket without an id.');
  return { ticket: id, conferenceId };
}

/** Everybody who comes asks for the conference; only the first one makes it. */
async function createOnce(api: RtcApi, conferenceId: string): Promise<void> {
  try {
    await api.create({ conferenceId });
  } catch (error) {
    if (!(error instanceof HttpError) || error.serverError !== 'already_exists') throw error;
  }
}

function readRoom({ room }: Readonly<Record<string, unknown>>): string {
  if (typeof room === 'string' && roomPattern.test(room)) return room;
  throw new RequestError(
    400,
    'invalid_request',
    'A room is 1 to 64 letters, digits, dashes or underscores. Choose another name.',
  );
}

function bearerOf({ headers: { authorization = '' } }: IncomingMessage): string {
  const [, token] = /^Bearer (.+)$/i.exec(authorization) ?? [];
  if (token !== undefined) return token;
  throw new RequestError(401, 'unauthorized', 'Send the token with which the page is in the call.');
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
