import type { CreateCommand, PermissionChanges, Ticket, VerifiedProfile } from '@parley-rtc/contract';
import { clientToken, type ClientTokenOptions } from './client-token.ts';
import { createRtcApi } from './create-rtc-api.ts';
import { InvalidOptionsError, TokenError } from './errors/api-errors.ts';
import { atBoundary } from './errors/at-boundary.ts';
import { HttpError } from './errors/http-error.ts';
import { ParleyError } from './errors/parley-error.ts';
import type { CallOptions, RtcApi } from './rtc-api.ts';
import { serverUrl } from './server-url.ts';

/** The user whom a ticket admits, as your back end knows them. */
export interface RoomUser extends VerifiedProfile {
  /**
   * Your id of the user, at most 256 characters. Two tabs of one user then count as one user. Default: every login with the
   * ticket is another guest.
   */
  readonly id?: string;
}

/** Who may enter which room, and the credentials of your back end. */
export interface RoomTicketOptions extends ClientTokenOptions, Pick<CallOptions, 'signal' | 'timeoutMs'> {
  /** Name of the room, which becomes the conference's id. All organizations of a server share these ids. */
  readonly room: string;
  /** The user; `name`, `picture` and `role` are signed into the ticket, so participants can trust them. */
  readonly user?: RoomUser;
  /** What the user may do, where it differs from publishing, viewing and sending messages without moderating or recording. */
  readonly rights?: PermissionChanges;
  /** How long the user can enter with the ticket, in seconds. A call that has begun goes on. Default 14_400 (four hours). */
  readonly lifetimeS?: number;
  /** How to create the conference, for example with `lobby: true`. Has no effect while the room is open. */
  readonly conference?: Omit<CreateCommand, 'conferenceId'>;
}

/** What a page needs to enter the room. It holds no secret of yours, so send it as it is. */
export interface RoomTicket {
  /** The `server` that you passed. Replace it if pages reach the server at another address than your back end. */
  readonly server: string;
  /** For `<parley-call>`, `redeemTicket` and `ticketToken`. Works any number of times until `expiresAt`. */
  readonly ticket: string;
  readonly conferenceId: string;
  /** ISO instant; undefined if the server does not say. */
  readonly expiresAt: string | undefined;
}

/**
 * Lets a user into a room: opens the room unless it is open, and creates a ticket for it. For back ends, because it needs the
 * client secret. Call it for every user who opens your page, also at the same time and after the call has ended. It keeps the
 * access token of the client for the next call.
 *
 * ```ts
 * const ticket = await roomTicket({ server, clientId, clientSecret, room: 'standup', user: { id: 'u-7', name: 'Ada' } });
 * ```
 *
 * @throws {@link UnauthorizedError} (`ERR_UNAUTHORIZED`) if the id or secret is wrong, {@link ForbiddenError}
 * (`ERR_FORBIDDEN`) if the client lacks the role `SERVICE` or `AGENT`, {@link ForeignAnswerError} (`ERR_FOREIGN_ANSWER`) if
 * another program than Parley answers at `server`, {@link ConnectionError} (`ERR_CONNECTION`) if none does,
 * {@link InvalidRequestError} (`ERR_INVALID_REQUEST`) if the server refuses a value, {@link InvalidOptionsError}
 * (`ERR_INVALID_OPTIONS`), {@link TimeoutError}, {@link AbortedError}. All are safe to try again.
 */
export function roomTicket(options: RoomTicketOptions): Promise<RoomTicket> {
  return atBoundary('roomTicket', () => issue(options));
}

async function issue(options: RoomTicketOptions): Promise<RoomTicket> {
  const { room: conferenceId, signal, timeoutMs } = options;
  if (typeof conferenceId !== 'string' || conferenceId === '') {
    throw new InvalidOptionsError('`room` is missing.', 'Pass the name of the room, such as `standup`.');
  }
  const call: CallOptions = { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
  try {
    const api = apiOf(options);
    await openRoom(api, { ...options.conference, conferenceId }, call);
    const { id, expiresAt } = await createTicket(api, options, call);
    if (id === undefined) throw new Error('The server returned a ticket without an id.');
    return { server: serverUrl(options.server), ticket: id, conferenceId, expiresAt };
  } catch (error) {
    // The app passed a secret, not a token source, so only the reason helps.
    throw error instanceof TokenError && error.cause instanceof ParleyError ? error.cause : error;
  }
}

/** More than any back end has credentials. */
const mostApis = 50;
const apis = new Map<string, RtcApi>();

/** A client whose token outlives the call, because a login for each ticket would be limited by the server. */
function apiOf({ server, clientId, clientSecret, fetch }: ClientTokenOptions): RtcApi {
  const create = (): RtcApi => {
    const token = clientToken({ server, clientId, clientSecret, ...(fetch && { fetch }) });
    return createRtcApi({ server, token, ...(fetch && { fetch }) });
  };
  if (fetch) return create();
  const key = JSON.stringify([server, clientId, clientSecret]);
  const known = apis.get(key);
  if (known) return known;
  const api = create();
  const [oldest] = apis.keys();
  if (apis.size >= mostApis && oldest !== undefined) apis.delete(oldest);
  apis.set(key, api);
  return api;
}

/** Each call tries to create the conference; the first one succeeds, and others find it. */
async function openRoom(api: RtcApi, command: CreateCommand, call: CallOptions): Promise<void> {
  try {
    await api.create(command, call);
  } catch (error) {
    if (!(error instanceof HttpError) || error.serverError !== 'already_exists') throw error;
  }
}

function createTicket(
  api: RtcApi,
  { room, user = {}, rights, lifetimeS }: RoomTicketOptions,
  call: CallOptions,
): Promise<Ticket> {
  const { id, ...profile } = user;
  return api.createTicket(
    {
      type: 'MULTI_USE_TICKET',
      length: 9,
      ...(lifetimeS !== undefined && { ttl: lifetimeS }),
      properties: {
        conference_id: room,
        ...(id !== undefined && { customer_id: id }),
        ...(Object.keys(profile).length > 0 && { verified: profile }),
        ...(rights && { permissions: rights }),
        // Servers without permissions of their own know this one.
        ...(rights?.moderate === true && { moderator: true }),
      },
    },
    call,
  );
}
