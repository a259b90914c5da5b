import { clientToken, createRtcApi, HttpError, type RtcApi } from '@parley-rtc/client';
import { jsonHandler, type JsonHandler } from './json-handler.ts';
import { readJson } from './read-json.ts';
import { RequestError } from './request-error.ts';

/** The server and the credentials that pages must never see. */
export interface BackendOptions {
  /** Base URL of the Parley server. */
  readonly server: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const roomPattern = /^[\w-]{1,64}$/;

/**
 * The endpoint that Parley needs in a customer's back end: `POST /ticket` with `{room}` returns `{ticket, conferenceId}`. A
 * real back end would first authenticate the user and check whether they may join the room.
 */
export function createBackend({ server, clientId, clientSecret }: BackendOptions): JsonHandler {
  const api = createRtcApi({ server, token: clientToken({ server, clientId, clientSecret }) });
  return jsonHandler(async (request) => {
    if (request.url !== '/ticket') throw new RequestError(404, 'not_found', 'No such path. Use /ticket.');
    return makeTicket(api, readRoom(await readJson(request)));
  });
}

async function makeTicket(api: RtcApi, room: string): Promise<{ ticket: string; conferenceId: string }> {
  const conferenceId = `demo-${room}`;
  await ensureConference(api, conferenceId);
  const { id } = await api.createTicket({
    type: 'MULTI_USE_TICKET',
    length: 9,
    // Everyone may put the demo on hold. A real application gives this to its hosts only.
    properties: { conference_id: conferenceId, moderator: true },
  });
  if (id === undefined) throw new Error('The Parley server returned a ticket without an id.');
  return { ticket: id, conferenceId };
}

/** Each ticket request tries to create the conference; only the first one succeeds. */
async function ensureConference(api: RtcApi, conferenceId: string): Promise<void> {
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
    'Choose a room name of 1 to 64 letters, digits, dashes or underscores.',
  );
}
