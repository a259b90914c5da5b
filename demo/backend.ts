import { roomTicket } from '@parley-rtc/client';
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

const maxRoomCharacters = 64;

/**
 * The endpoint that Parley needs in a customer's back end: `POST /ticket` with `{room}` returns `{ticket, conferenceId}`. A
 * real back end would first authenticate the user and check whether they may join the room.
 */
export function createBackend(credentials: BackendOptions): JsonHandler {
  return jsonHandler(async (request) => {
    if (request.url !== '/ticket') throw new RequestError(404, 'not_found', 'No such path. Use /ticket.');
    const { ticket, conferenceId } = await roomTicket({
      ...credentials,
      room: `demo-${readRoom(await readJson(request))}`,
      // Everyone may moderate the demo. A real application gives this to its hosts only.
      rights: { moderate: true },
    });
    return { ticket, conferenceId };
  });
}

function readRoom({ room }: Readonly<Record<string, unknown>>): string {
  if (typeof room === 'string' && room !== '' && room.length <= maxRoomCharacters) return room;
  throw new RequestError(400, 'invalid_request', 'Choose a room name of 1 to 64 characters.');
}
