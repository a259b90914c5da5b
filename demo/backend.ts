import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientToken, createRtcApi, HttpError, type RtcApi } from '@parley-rtc/client';

/** What the back end knows and the page must never see. */
export interface BackendOptions {
  /** Address of the Parley server. */
  readonly server: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A request that the page must change: answered with its status and message. */
class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
}

const longestBodyBytes = 4096;
const roomPattern = /^[\w-]{1,64}$/;

/**
 * The part of a customer's back end that Parley needs: `POST /backend/ticket` with `{room}` answers
 * `{ticket, conferenceId}`. A real one would first check who asks and whether they may enter the room.
 */
export function createBackend({ server, clientId, clientSecret }: BackendOptions): Handler {
  const api = createRtcApi({ server, token: clientToken({ server, clientId, clientSecret }) });
  return async (request, response) => {
    try {
      const room = await readRoom(request);
      answer(response, 200, await makeTicket(api, room));
    } catch (error) {
      if (error instanceof BadRequestError) {
        answer(response, 400, { error: 'invalid_request', error_description: error.message });
      } else {
        console.error('POST /backend/ticket failed:', error);
        answer(response, 502, {
          error: 'server_error',
          error_description: 'The back end got no ticket from the Parley server. Its log says why.',
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

async function readRoom(request: IncomingMessage): Promise<string> {
  if (request.method !== 'POST') throw new BadRequestError('Send a POST request with {"room": "…"}.');
  const body = await readJson(request);
  const room = typeof body === 'object' && body && 'room' in body ? body.room : undefined;
  if (typeof room !== 'string' || !roomPattern.test(room)) {
    throw new BadRequestError(
      'A room is 1 to 64 letters, digits, dashes or underscores. Choose another name.',
    );
  }
  return room;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > longestBodyBytes) throw new BadRequestError(`Send at most ${longestBodyBytes} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new BadRequestError('Send JSON: {"room": "…"}.');
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
